"""What can be found: each area registers its kinds of things here, from the `ready()` of its AppConfig.

    from portal.search import registry
    from portal.search.pages import page_type

    registry.register(page_type(model=SopPage, key="sop", label="Procedure (SOP)", document=sop_document))

A type says three things: which rows a viewer may see (`queryset_for`), what stands in a row's document (`documents`),
and how its kind is called. The index is only a copy: `documents` is asked again after every change, and what it no
longer returns leaves the index; `queryset_for` is asked again for every hit that is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf.locale import LANG_INFO
from django.db.models import Model, QuerySet
from django.utils.translation import gettext

from portal.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an item's text that a hit can point to.

    `label` says where it stands ("page 4", "02:13", "Step 6"; empty for running text); `anchor` is added to the item's
    address to open it there ("#page=4", "?t=133", "#step-6"; empty opens the item itself).
    """

    text: str
    label: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing as the index knows it.

    `id` is `document_id(thing)`, "app.model:pk" in lower case. `kind` is the key of its type or one of the type's
    `kinds`. `topics`, `scenarios` and `group` are words as shown to readers; `country` is an ISO 3166 code in capitals,
    `language` an ISO 639-1 code. `date` is the day that stands beside the title; `date_text` stands there instead where
    the day is not known or not all ("February 2024", "11–12 October 2023"). `principals` are those of its access rule;
    a document without any is found by nobody.
    """

    id: str
    kind: str
    title: str
    url: str
    tlp: str
    principals: frozenset[str]
    summary: str = ""
    parts: tuple[Part, ...] = ()
    topics: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    group: str = ""
    country: str = ""
    language: str = "en"
    date: dt.date | None = None
    date_text: str = ""


@dataclass(frozen=True)
class SearchType:
    """One kind of thing that can be found.

    key: the word of `kind:sop`, lower case. label: its name on the page. model: "app.Model" of the rows behind it.
    queryset_for: rows of that model which the viewer may see now; the final check of every hit.
    documents: documents for these primary keys, without those that nobody is to find (drafts, deleted rows).
    kinds: for a model with several kinds, key -> label of each; empty means the type's own key and label.
    """

    key: str
    label: str
    model: str
    queryset_for: Callable[[Viewer], QuerySet[Any]]
    documents: Callable[[Sequence[Any]], Iterable[Document]]
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """The part of a document's id before the colon."""
        return self.model.lower()

    def all_pks(self) -> Iterator[Any]:
        """Yield the primary keys of every row, drafts included; `documents` leaves out what is not to be found."""
        manager = apps.get_model(self.model)._default_manager
        return manager.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)

    def pk(self, document: str) -> Any:
        """Return the primary key in a document's id; `ValidationError` or `ValueError` if it cannot be one."""
        return apps.get_model(self.model)._meta.pk.to_python(document.partition(":")[2])


_types: dict[str, SearchType] = {}
_names: dict[str, Callable[[], Mapping[str, str]]] = {}


class NotSearchable(LookupError):
    """No type is registered for this model."""


def register(entry: SearchType) -> None:
    """Add a type; the same key twice keeps the last."""
    _types[entry.key] = entry


def unregister(key: str) -> None:
    """Take a type out again, for tests."""
    _types.pop(key, None)


def types() -> tuple[SearchType, ...]:
    """Return all types, in the order of their registration."""
    return tuple(_types.values())


def types_of(prefix: str) -> tuple[SearchType, ...]:
    """Return the types over the model "app.model"; usually one, several where a model has a type for each kind."""
    return tuple(entry for entry in _types.values() if entry.prefix == prefix)


def searchable(model: type[Model]) -> bool:
    """Return whether rows of `model` can be found."""
    return bool(types_of(model._meta.label_lower))


def document_id(thing: Model) -> str:
    """Return the id of a row's document, "app.model:pk"."""
    return f"{thing._meta.label_lower}:{thing.pk}"


def kind_labels() -> dict[str, str]:
    """Return the name of every kind by its key, in the language of the page."""
    labels: dict[str, str] = {}
    for entry in _types.values():
        labels |= entry.kinds or {entry.key: entry.label}
    return {key: gettext(str(label)) for key, label in labels.items()}


def name_values(facet: str, names: Callable[[], Mapping[str, str]]) -> None:
    """Say how the values of a facet are called: `name_values("country", lambda: {"PL": "Poland"})`.

    `names` is asked once for each page, so it should answer from memory or with one query.
    """
    _names[facet] = names


def value_names(facet: str) -> Mapping[str, str]:
    """Return the names of a facet's values; values without one stand for themselves."""
    if facet == "kind":
        return kind_labels()
    if facet == "language":
        return {code: gettext(str(known["name"])) for code, known in LANG_INFO.items() if "name" in known}
    return _names[facet]() if facet in _names else {}

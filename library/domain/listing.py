"""The list of all records, narrowed by what stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from library.domain.queries import entry_of, records
from library.models import Kind, RecordPage, Scenario, Topic
from library.models.vocabulary import Term
from portal.access.viewer import Viewer
from portal.community.models import Objective

PAGE_SIZE = 20
NOTHING_FITS: dict[str, Any] = {
    "title": gettext_lazy("Nothing here answers to all of these filters"),
    "text": gettext_lazy("Each filter narrows the others. Take one away, or look through everything."),
}
NOTHING_YET: dict[str, Any] = {
    "title": gettext_lazy("Nothing is published yet"),
    "text": gettext_lazy("Documents, films, procedures and lessons stand here as soon as anyone may read them."),
}


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the address, its heading, the field it narrows, and the vocabulary of its values."""

    name: str
    title: str | Promise
    field: str
    vocabulary: type[Term] | None = None


FILTERS = (
    Filter("kind", gettext_lazy("Kind"), "kind"),
    Filter("scenario", gettext_lazy("Scenario"), "scenarios__slug", Scenario),
    Filter("topic", gettext_lazy("Topic"), "topics__slug", Topic),
    Filter("year", gettext_lazy("Year"), "dated_on__year"),
)

#: What stands in the address and is known, by filter: value -> its name.
Chosen = dict[str, dict[str, str]]


def _chosen(query: QueryDict) -> Chosen:
    """Return the filters in use; unknown values are passed over. A query for each vocabulary that is asked for.

    Nothing here depends on records, so that a filter tells nothing of records that the viewer may not see.
    """
    found: Chosen = {}
    for entry in FILTERS:
        values = list(dict.fromkeys(query.getlist(entry.name)))[:20]
        if not values:
            found[entry.name] = {}
        elif entry.vocabulary is not None:
            # PostgreSQL raises an error when it is asked for a NUL.
            asked = [value for value in values if value.isprintable()]
            known = dict(entry.vocabulary._default_manager.filter(slug__in=asked).values_list("slug", "name"))
            found[entry.name] = {value: known[value] for value in values if value in known}
        elif entry.name == "kind":
            found[entry.name] = {value: str(Kind(value).label) for value in values if value in Kind.values}
        else:
            found[entry.name] = {
                value: value for value in values if value.isascii() and value.isdigit() and len(value) == 4
            }
    return found


def _narrowed(found: QuerySet[RecordPage], chosen: Chosen, *, but: str = "") -> QuerySet[RecordPage]:
    """Return the records that every chosen filter lets through, leaving out the filter `but`."""
    for entry in FILTERS:
        if entry.name != but and chosen[entry.name]:
            found = found.filter(
                pk__in=RecordPage.objects.filter(**{f"{entry.field}__in": list(chosen[entry.name])}).values("pk")
            )
    return found


def listing_context(*, viewer: Viewer, query: QueryDict, action: str) -> dict[str, Any]:
    """Return a page of records with facets, chips and pages, as `query` (the address) asks.

    Values of one filter add up, filters narrow each other, and a count says what choosing it would show. Unknown
    values are passed over. Six queries, and one more for each of scenario, topic and objective in use.
    """
    chosen = _chosen(query)
    objective = _objective(query)
    base = records(viewer)
    if objective is not None:
        base = base.filter(objectives=objective)
    page = Paginator(_narrowed(base, chosen), PAGE_SIZE).get_page(query.get("page"))
    in_use = sum(len(values) for values in chosen.values()) + (objective is not None)
    return {
        "page_obj": page,
        "entries": [entry_of(record) for record in page],
        "facets": [_facet(entry, chosen, base) for entry in FILTERS],
        "chips": _chips(chosen, objective, query),
        "in_use": in_use,
        "hidden": [("objective", str(objective.pk))] if objective else [],
        "action": action,
        "empty": NOTHING_FITS | {"actions": [(gettext_lazy("Show everything"), action)]} if in_use else NOTHING_YET,
    }


def _objective(query: QueryDict) -> Objective | None:
    value = query.get("objective", "")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        return None
    return Objective.objects.select_related("group").filter(pk=value).first()


def _facet(entry: Filter, chosen: Chosen, base: QuerySet[RecordPage]) -> dict[str, Any]:
    """Return one facet with its counts under all other filters. One query."""
    options = dict.fromkeys(chosen[entry.name], 0)
    names = dict(chosen[entry.name])
    for value, name, number in _counts(entry, _narrowed(base, chosen, but=entry.name).order_by()):
        options[value] = number
        names[value] = name
    order = list(options)
    if entry.name == "kind":
        order = [kind for kind in Kind.values if kind in options]
    elif entry.name == "year":
        order = sorted(options, reverse=True)
    return {
        "name": entry.name,
        "title": entry.title,
        "options": [
            {"value": value, "label": names[value], "count": options[value], "checked": value in chosen[entry.name]}
            for value in order
        ],
    }


def _counts(entry: Filter, found: QuerySet[RecordPage]) -> list[tuple[str, str, int]]:
    """Return (value, name, number of records) for what occurs in `found`, in the order of the vocabulary."""
    number = Count("pk", distinct=True)
    if entry.vocabulary is not None:
        relation = entry.field.removesuffix("__slug")
        rows = (
            found.filter(**{f"{relation}__isnull": False})
            .values_list(f"{relation}__slug", f"{relation}__name", f"{relation}__order")
            .annotate(n=number)
            .order_by(f"{relation}__order", f"{relation}__name")
        )
        return [(slug, name, n) for slug, name, _, n in rows]
    if entry.name == "kind":
        return [(kind, str(Kind(kind).label), n) for kind, n in found.values_list("kind").annotate(n=number)]
    years = found.annotate(year=ExtractYear(F("dated_on"))).values_list("year").annotate(n=number)
    return [(str(year), str(year), n) for year, n in years]


def _chips(chosen: Chosen, objective: Objective | None, query: QueryDict) -> list[dict[str, str]]:
    chips = [
        {"label": f"{entry.title}: {name}", "url": _without(query, entry.name, value)}
        for entry in FILTERS
        for value, name in chosen[entry.name].items()
    ]
    if objective is not None:
        label = f"{objective.group.short_name}, objective {objective.number}"
        chips.append({"label": label, "url": _without(query, "objective", str(objective.pk))})
    return chips


def _without(query: QueryDict, name: str, value: str) -> str:
    """Return the query string without one value, back on the first page."""
    rest = query.copy()
    rest.setlist(name, [other for other in rest.getlist(name) if other != value])
    rest.pop("page", None)
    return f"?{rest.urlencode()}"

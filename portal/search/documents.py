"""From a document to what is stored of it: fields of the index, and rows of its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.search import registry
from portal.search.models import ItemText
from portal.search.registry import Document
from portal.search.text import fold, fold_text, index_terms, normalise, words

log = structlog.get_logger(__name__)


def index_fields(document: Document) -> dict[str, Any]:
    """Return the index's fields of a document, without its id."""
    title, summary = normalise(document.title), normalise(document.summary)
    texts = [normalise(part.text) for part in document.parts]
    language = document.language[:2].lower()
    surface = {fold(word) for text in (title, summary, *texts) for word in words(text)}
    day = document.date
    return {
        "title": index_terms([title], language),
        "summary": index_terms([summary], language),
        "body": index_terms(texts, language),
        "words": sorted(surface),
        "kind": document.kind,
        "topic": list(document.topics),
        "scenario": list(document.scenarios),
        "group": [document.group] if document.group else [],
        "country": [document.country] if document.country else [],
        "language": [language] if language else [],
        "tlp": [str(document.tlp)],
        "acl": sorted(document.principals),
        "year": [str(day.year)] if day else [],
        "date": day.toordinal() if day else 0,
        "name": [fold(title)[:80]],
        "record": record_of(document),
    }


def record_of(document: Document) -> dict[str, Any]:
    """Return what the page shows of a document."""
    return {
        "id": document.id,
        "kind": document.kind,
        "title": normalise(document.title),
        "summary": normalise(document.summary),
        "url": document.url,
        "tlp": str(document.tlp),
        "date": document.date.isoformat() if document.date else "",
        "date_text": document.date_text,
        "country": document.country,
        "language": document.language,
    }


def load(ids: Iterable[str]) -> dict[str, Document]:
    """Return the documents of these ids as they are now; what is gone, unpublished or of no known type is missing."""
    wanted: dict[str, list[str]] = {}
    for document in ids:
        wanted.setdefault(document.partition(":")[0], []).append(document)
    found: dict[str, Document] = {}
    for prefix, documents in wanted.items():
        for entry in registry.types_of(prefix):
            if pks := list(_pks(entry, documents)):
                found |= {made.id: made for made in described(entry, pks)}
    return found


def described(entry: registry.SearchType, pks: list[Any]) -> list[Document]:
    """Return the documents of these rows; one that cannot be made is logged and left out, and so not to be found."""
    try:
        made = list(entry.documents(pks))
        if wrong := [one.id for one in made if not one.id.startswith(f"{entry.prefix}:")]:
            raise ValueError(f"documents of {entry.model} with foreign ids: {wrong[:3]}")
    except Exception:
        if len(pks) == 1:
            # It must not hold up the others.
            log.exception("search_document_failed", model=entry.model, pk=str(pks[0]))
            return []
        return [one for pk in pks for one in described(entry, [pk])]
    return made


def _pks(entry: registry.SearchType, documents: Iterable[str]) -> Iterator[Any]:
    for document in documents:
        try:
            yield entry.pk(document)
        except (ValidationError, ValueError):
            continue


def visible(ids: Iterable[str], viewer: Any) -> frozenset[str]:
    """Return those of `ids` that `viewer` may see now, asked of the database: one query for each type."""
    wanted: dict[str, list[str]] = {}
    for document in ids:
        wanted.setdefault(document.partition(":")[0], []).append(document)
    found: set[str] = set()
    for prefix, documents in wanted.items():
        for entry in registry.types_of(prefix):
            pks = list(_pks(entry, documents))
            seen = entry.queryset_for(viewer).filter(pk__in=pks).values_list("pk", flat=True)
            found |= {f"{prefix}:{pk}" for pk in seen}
    return frozenset(found)


@transaction.atomic
def keep_texts(ids: Iterable[str], documents: Mapping[str, Document]) -> None:
    """Replace the stored text of these ids by that of `documents`; an id without a document loses its text."""
    rows = []
    for document in documents.values():
        head = ". ".join(filter(None, (normalise(document.title), normalise(document.summary))))
        rows.append(ItemText(document=document.id, part=0, text=head, folded=fold_text(head)))
        for number, part in enumerate(document.parts, 1):
            text = normalise(part.text)
            rows.append(
                ItemText(
                    document=document.id,
                    part=number,
                    label=part.label[:80],
                    anchor=part.anchor[:120],
                    text=text,
                    folded=fold_text(text),
                )
            )
    ItemText.objects.filter(document__in=list(ids)).delete()
    ItemText.objects.bulk_create(rows, batch_size=200)

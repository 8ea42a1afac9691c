"""Loads the sample library: the documents and films that the sources name, and three sample procedures."""

from __future__ import annotations

from typing import Any

from library.models import (
    DocumentPage,
    LessonIndexPage,
    LibraryIndexPage,
    RecordPage,
    Scenario,
    SOPFactor,
    SOPPage,
    SOPStep,
    Topic,
    VideoPage,
)
from portal.community.domain.samples import Progress, read
from portal.community.models import Group, Objective
from portal.pages.domain.sample_body import body_of
from portal.pages.domain.sample_pages import add_page, home_page

ORIGINAL = (
    "The document itself is with the Secretariat. This page tells what the group’s report of February 2024 says of it."
)
FILM = "The film itself is with the Secretariat; no clip is kept here yet."
FILM_IN = "Report of the Operational Centres TIG, February 2024"
STEP = ("minute", "duration", "role", "short", "critical", "action", "text", "channel")
FACTOR = ("title", "text", "step_numbers")


def load_library(progress: Progress) -> None:
    """Load vocabularies, documents, films and procedures, then tie related records together."""
    vocabulary = read("library", "vocabulary")
    for order, (slug, name) in enumerate(vocabulary["topics"].items()):
        Topic.objects.create(slug=slug, name=name, order=order)
    for order, (slug, (name, short)) in enumerate(vocabulary["scenarios"].items()):
        Scenario.objects.create(slug=slug, name=name, short_name=short, order=order)
    library = add_page(
        home_page(),
        LibraryIndexPage(
            title="Library",
            slug="library",
            lead="Procedures, reports, films and lessons: what centres have written down for each other.",
            search_description="Procedures, reports, films and lessons of Europe’s police operational centres.",
        ),
    )
    add_page(library, LessonIndexPage(title="Lessons", slug="lessons"))
    shelf = _Shelf(library)
    for entry in read("library", "documents"):
        shelf.put(DocumentPage, entry, original_note=ORIGINAL)
    for entry in read("library", "videos"):
        shelf.put(
            VideoPage,
            entry,
            original_note=FILM,
            published_in=FILM_IN,
            transcript_is_sample=True,
            creators="ENLETS Operational Centres TIG",
        )
    for entry in read("library", "sops"):
        steps = [SOPStep(sort_order=n, **dict(zip(STEP, row, strict=True))) for n, row in enumerate(entry.pop("steps"))]
        factors = [
            SOPFactor(sort_order=n, **dict(zip(FACTOR, row, strict=True))) for n, row in enumerate(entry.pop("factors"))
        ]
        shelf.put(SOPPage, entry, is_sample=True, steps=steps, factors=factors)
    shelf.tie()
    progress(f"  {RecordPage.objects.count()} records")


class _Shelf:
    """Puts records into the library, and remembers what they are related to until all are there."""

    def __init__(self, library: LibraryIndexPage) -> None:
        self.library = library
        self.group = Group.objects.get(slug="operational-centres")
        self.objectives = {it.number: it for it in Objective.objects.filter(group=self.group)}
        self.project = {it.number: it for it in Objective.objects.filter(group__slug="qroc")}
        self.topics = {it.slug: it for it in Topic.objects.all()}
        self.scenarios = {it.slug: it for it in Scenario.objects.all()}
        self.related: dict[str, list[str]] = {}

    def put(self, model: type[RecordPage], entry: dict[str, Any], **more: Any) -> None:
        """Add one record from its entry in a file."""
        words = {
            "topics": [self.topics[slug] for slug in entry.pop("topics")],
            "scenarios": [self.scenarios[slug] for slug in entry.pop("scenarios")],
            "objectives": [
                *(self.objectives[number] for number in entry.pop("objectives")),
                *(self.project[number] for number in entry.pop("qroc", [])),
            ],
        }
        self.related[entry["identifier"]] = entry.pop("related", [])
        if "body" in entry:
            entry["body"] = body_of(entry["body"])
        page = model(group=self.group, **{**more, **entry})
        for name, chosen in words.items():
            setattr(page, name, chosen)
        add_page(self.library, page)

    def tie(self) -> None:
        """Write the relations, now that every record has a row."""
        keys = dict(RecordPage.objects.values_list("identifier", "pk"))
        relation = RecordPage.related.through
        relation.objects.bulk_create(
            relation(from_recordpage_id=keys[identifier], to_recordpage_id=keys[other])
            for identifier, others in self.related.items()
            for other in others
        )

"""Reads of the pages about what is kept of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from portal.access.clock import BRUSSELS
from portal.access.viewer import Viewer
from portal.jobs.models import Job, JobState
from portal.privacy import rules
from portal.privacy.domain import copies, erasures
from portal.privacy.models import DataCopy, Departure, Erasure, RetentionLine, RetentionRun, Why, watches
from portal.web.registries import WaitingItem
from portal.web.tables import Cell, Column, Table
from portal.web.words import counted

TYPES = {copies.ZIP_TYPE: "To read: an archive with a page and your files", copies.JSON_TYPE: "For programs: JSON"}


def note(viewer: Viewer) -> str:
    """Return how things stand with the viewer's data, for the overview of the account."""
    if viewer.user_id is None:
        return ""
    erasure = erasures.of(user_id=viewer.user_id)
    if erasure is not None and erasure.is_open:
        return "You asked to be forgotten."
    row = copies.newest(user_id=viewer.user_id)
    if row is not None and row.ready_at:
        return "A copy is ready."
    return "What we keep about you, a copy of it, and how to be forgotten."


def waiting(viewer: Viewer) -> Iterable[WaitingItem]:
    """Return the wishes that wait for the office's answer; never an own one."""
    if not viewer.holds("office"):
        return
    for row in Erasure.objects.visible_to(viewer).filter(state__in=erasures.OPEN).exclude(user_id=viewer.user_id or 0):
        yield WaitingItem(
            "Somebody asks to be forgotten",
            row.get_absolute_url(),
            since=row.asked_at,
            until=row.answer_by,
            note=row.get_state_display(),
        )


def watch_panel(*, viewer: Viewer) -> dict[str, Any] | None:
    """Return the way to the log of retention, for those who watch over it."""
    return {} if watches(viewer) else None


def size(count: int) -> str:
    """Return a number of bytes as people say it."""
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{max(1, round(count / 1024))} kB"


def downloads(row: DataCopy | None) -> list[dict[str, str]]:
    """Return the files of a copy for `components/files.html`; empty while there is none. One query."""
    if row is None:
        return []
    return [
        {
            "title": TYPES[it.content_type],
            "url": reverse("privacy:download", args=[it.pk, it.name]),
            "note": size(it.size),
            "tlp": "TLP:AMBER",
        }
        for it in copies.files_of(row)
    ]


def progress(row: DataCopy | None) -> dict[str, Any] | None:
    """Return value, max and words for the progress bar of a copy that is being made, or None. One query."""
    if row is None or row.ready_at is not None:
        return None
    job = copies.job_of(row)
    if job is None or job.state in (JobState.DONE, JobState.FAILED):
        return {"value": 0, "max": 1, "text": "The work stopped.", "done": True, "failed": True}
    return _progress_of(job)


def _progress_of(job: Job) -> dict[str, Any]:
    text = f"{job.progress_note}." if job.progress_note else "Waiting for its turn."
    return {"value": job.progress_done, "max": job.progress_total or None, "text": text, "done": False}


def keeping() -> list[dict[str, Any]]:
    """Return every rule in words: what goes, after how long. No query."""
    return [
        {"label": rule.label, "text": f"After {counted(rule.days, 'day')}, {rule.text}.", "setting": rule.setting}
        for rule in rules.rules()
    ]


def runs() -> QuerySet[RetentionRun]:
    """Return the rounds of the rules, the newest first, each with its lines."""
    return RetentionRun.objects.prefetch_related(Prefetch("lines", RetentionLine.objects.order_by("pk")))


def _moment(value: dt.datetime | None) -> str:
    return f"{value.astimezone(BRUSSELS):%-d %B %Y, %H:%M}" if value else "–"


def _day(value: dt.datetime | None) -> str:
    return f"{value.astimezone(BRUSSELS):%-d %B %Y}" if value else "–"


def runs_table(rows: Iterable[Any]) -> Table:
    """Return rounds from `runs` as a table: what each rule forgot. No query of its own."""
    return Table(
        "Rounds",
        [Column("Began", heads=True), Column("Forgotten"), Column("Left or failed")],
        [
            [
                Cell(_moment(row.began_at), soft="" if row.ended_at else "not ended"),
                ", ".join(f"{_rule_name(line.rule)} {line.count}" for line in row.lines.all() if line.count)
                or "nothing was due",
                " ".join(f"{_rule_name(line.rule)}: {line.problem}" for line in row.lines.all() if line.problem) or "–",
            ]
            for row in rows
        ],
    )


def _rule_name(key: str) -> str:
    rule = rules.rule_called(key)
    return rule.label if rule else key


def erasures_table(rows: Iterable[Erasure]) -> Table:
    """Return wishes as a table, without names: they stand on the page of each. No query of its own."""
    return Table(
        "Wishes to be forgotten",
        [Column("Asked", heads=True), Column("State"), Column("Answer by", small_label="Answer by")],
        [
            [
                Cell(_day(row.asked_at), url=row.get_absolute_url(), key=row.asked_at),
                row.get_state_display(),
                _day(row.answer_by) if row.is_open else f"answered {_day(row.answered_at)}",
            ]
            for row in rows
        ],
    )


def departures_table(rows: Iterable[Departure]) -> Table:
    """Return people who left as a table: the empty names, never the names. No query of its own."""
    return Table(
        "People who left",
        [Column("Kept as", heads=True), Column("Account closed", small_label="Account closed"), Column("Forgotten")],
        [
            [
                row.alias or "Not forgotten yet",
                _day(row.left_at),
                Cell(_day(row.forgotten_at), soft=Why(row.why).label if row.why else ""),
            ]
            for row in rows
        ],
    )

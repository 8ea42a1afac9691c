"""What the desk for lost devices reads, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from portal.access.viewer import Viewer
from portal.community.domain import recovery_links as links
from portal.community.domain import states
from portal.community.models import Recovery, Role
from portal.journal.machine import may
from portal.web.dates import brussels_short, day
from portal.web.registries import WaitingItem
from portal.web.tables import Cell, Column, Table

State = Recovery.State
_MARKS = {State.ASKED: "half", State.CONFIRMED: "half", State.RELEASED: "full"}


def has_desk(viewer: Viewer) -> bool:
    """Return whether the viewer has a part in other people's lost devices."""
    return any(viewer.holds(role) for role in (Role.OFFICE, Role.NCP, Role.NCP_DEPUTY))


def waiting(viewer: Viewer) -> Iterator[WaitingItem]:
    """Yield what waits for the viewer's word, and the viewer's own open request: the device may have turned up."""
    if viewer.person_id is None:
        return
    # One query for both: each page of a member counts what waits.
    mine = Q(person_id=viewer.person_id, state__in=Recovery.OPEN)
    desk = Q(pk__in=states.needs_word_of(viewer).order_by().values("pk")) if has_desk(viewer) else Q()
    rows = Recovery.objects.filter(mine | desk)
    for row in rows.select_related("person__country").order_by("asked_at", "pk"):
        until = row.asked_at + states.LIFETIME
        if row.person_id == viewer.person_id:
            yield WaitingItem(
                "You said that your device is lost",
                links.stop_path(row),
                since=row.asked_at,
                until=until,
                note="You signed in with it since, or with another. Stop the request if you need no new start.",
            )
        else:
            since = row.confirmed_at or row.asked_at
            yield WaitingItem(_title(row), row.get_absolute_url(), since=since, until=until, note=_note(row))


def _title(row: Recovery) -> str:
    return f"{row.person.name} cannot sign in"


def _note(row: Recovery) -> str:
    if row.state == State.CONFIRMED:
        return "The identity is confirmed. A second person releases a new start."
    return "Make sure that it is this person, at a number that you knew before."


def waits(viewer: Viewer) -> list[dict[str, Any]]:
    """Return what waits for the viewer's word, for components/waits.html; one query."""
    return [
        {
            "since": row.confirmed_at or row.asked_at,
            "title": _title(row),
            "url": row.get_absolute_url(),
            "text": f"{row.person.function or 'Member'}, {row.person.country.name}. {_note(row)}",
        }
        for row in states.needs_word_of(viewer)
    ]


def others(viewer: Viewer) -> QuerySet[Recovery]:
    """Return what the viewer may read and need not answer, the newest first."""
    due = states.needs_word_of(viewer).order_by().values("pk")
    return Recovery.objects.visible_to(viewer).exclude(pk__in=due).select_related("person__country")


def table(rows: list[Recovery]) -> Table:
    """Return requests as a table. No query of its own."""
    return Table(
        "Requests after a lost device",
        [Column("Person", heads=True), Column("Asked", end=True), Column("State")],
        [
            [
                Cell(row.person.name, url=row.get_absolute_url(), soft=row.person.country.name),
                day(row.asked_at),
                Cell(row.state_words, mark=_MARKS.get(State(row.state), "empty")),
            ]
            for row in rows
        ],
    )


def detail(viewer: Viewer) -> QuerySet[Recovery]:
    """Return what the viewer may read, with all that its page shows."""
    return Recovery.objects.visible_to(viewer).select_related(
        "person__user", "person__country", "person__centre", "confirmed_by", "released_by", "grant"
    )


def facts(recovery: Recovery) -> list[tuple[str, str]]:
    """Return the facts at the head of the page."""
    person = recovery.person
    place = ", ".join(filter(None, (person.function, person.centre.name if person.centre else "", person.country.name)))
    return [
        ("Person", place),
        ("What happened", str(Recovery.What(recovery.what).label)),
        ("Asked", Recovery.Way(recovery.way).label),
        ("Mail goes to", person.user.email),
    ]


def timeline(recovery: Recovery) -> list[dict[str, Any]]:
    """Return what happened so far and what is still to come, for components/timeline.html."""
    rows = [_step("Asked for a new start", recovery.asked_at)]
    if recovery.confirmed_at:
        words = f"{recovery.confirmed_by}: “{recovery.get_method_display()}”. {recovery.note}".strip()
        rows.append(_step("Identity confirmed", recovery.confirmed_at, words))
    if recovery.released_at:
        words = f"{recovery.released_by}. All devices, sessions and the password ended."
        rows.append(_step("Released", recovery.released_at, words))
    if recovery.closed_at:
        rows.append(_step(recovery.state_words, recovery.closed_at, recovery.reason))
    elif recovery.grant is not None and recovery.grant.used_at:
        rows.append(_step("A new device was set up", recovery.grant.used_at))
    elif recovery.grant is not None:
        ends = recovery.grant.expires_at
        words = "The link ran out unused" if recovery.grant.expired else "The link waits to be used"
        state = "past" if recovery.grant.expired else "next"
        rows.append({"title": words, "date": ends, "when": brussels_short(ends), "state": state})
    else:
        rows.append({"title": recovery.state_words, "when": "Now", "state": "now"})
    return rows


def _step(title: str, at: Any, text: str = "") -> dict[str, Any]:
    return {"title": title, "date": at, "when": brussels_short(at), "text": text, "state": "past"}


def next_words(recovery: Recovery, viewer: Viewer) -> dict[str, bool]:
    """Return which buttons the viewer gets; the domain asks once more."""
    found = {verb: may(recovery, verb, viewer) for verb in ("confirm", "release", "renew", "refuse")}
    if found["renew"]:
        found["renew"] = not any(
            check(recovery)
            for check in (states.account_open, states.grant_unused, states.link_ran_out, states.released_lately)
        )
    return found


def standing(recovery: Recovery, viewer: Viewer) -> str:
    """Return in a sentence how it stands for the viewer."""
    if recovery.person_id == viewer.person_id:
        return "This is your own request. Others answer it."
    if recovery.is_open and (closed := states.account_open(recovery)):
        return closed
    if recovery.state == State.ASKED:
        if may(recovery, "confirm", viewer):
            return "Is it really this person who asks?"
        return "It waits for a contact point of the person’s country."
    if recovery.state == State.CONFIRMED:
        if may(recovery, "release", viewer):
            return "The identity is confirmed. You are the second person."
        if recovery.confirmed_by_id == viewer.person_id:
            return "You confirmed. Somebody else, in the programme office, releases."
        return "It waits for the programme office."
    return f"{recovery.state_words}."


def desk_panel(*, viewer: Viewer) -> dict[str, Any] | None:
    """Return the context of the way to the desk on the page of what waits; None for those without one."""
    return {"url": reverse("recovery:desk")} if has_desk(viewer) else None

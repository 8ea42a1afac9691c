"""The host weeks of a call before one applicant, in the words of the component `weeks`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import BoundField
from django.template.defaultfilters import floatformat

from exchanges.domain.money import Estimate
from exchanges.domain.wishes import Board, WeekRow
from portal.web.dates import span
from portal.web.words import figure, in_words


def week_lists(board: Board, reasons: Mapping[int, BoundField]) -> dict[str, list[dict[str, Any]]]:
    """Return `weeks`, `left_out` and `impossible` as components/weeks.html takes them; `reasons` by the week's id.

    A week that was left out a moment ago, in another tab, has no field yet: it stands once the page is opened again.
    """
    return {
        "weeks": [
            _head(row)
            | {
                "new": "New, added at the end" if row.is_new and board.is_ordered else "",
                "lines": [_line(row)],
                "note": _estimate(row.estimate) if row.estimate else "",
            }
            for row in board.wanted
        ],
        "left_out": [_head(row) | {"field": reasons[row.week.pk]} for row in board.left_out if row.week.pk in reasons],
        "impossible": [
            _head(row) | {"why": [f"Not possible: {it.sentence[:1].lower()}{it.sentence[1:]}" for it in row.obstacles]}
            for row in board.impossible
        ],
    }


def _head(row: WeekRow) -> dict[str, Any]:
    week = row.week
    centre = week.offer.centre
    return {
        "key": week.pk,
        "name": row.name,
        "title": f"{centre.city}, {centre.country.name}",
        "when": f"Week {week.number}, {span(week.starts_on, week.ends_on)}",
    }


def _line(row: WeekRow) -> str:
    seats = row.week.capacity
    words = "One seat." if seats == 1 else f"{in_words(seats).capitalize()} seats."
    return f"{row.week.offer.centre.get_level_display()}. {row.language} {words}"


def _estimate(estimate: Estimate) -> str:
    total, travel, daily = (floatformat(amount, "-2g") for amount in (estimate.total, estimate.travel, estimate.daily))
    return f"Estimate €{total}: travel €{travel} for {figure(estimate.distance)} km and back, five days at €{daily}"

"""How an exchange goes and what came of it, in words and figures for everybody: all of it counted, nothing typed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext, ngettext

from exchanges.domain import decisions, sections
from exchanges.domain.queries_public import Flow, Pair, pairs
from exchanges.models import Call
from portal.community.models import Country
from portal.web.charts import FlowMap, flow_map
from portal.web.languages import is_default, tag
from portal.web.words import in_words, numbered

#: Mean length of a month, days.
MONTH = 30.44


def last_report_on(call: Call) -> dt.date:
    """Return the day by which the report on the last week of a call is due."""
    return call.weeks_until + dt.timedelta(days=call.report_days)


def how_long(call: Call | None) -> str:
    """Return how long it takes from the opening of `call` to its last report, in months, rounded."""
    if call is None:
        return gettext("From the offer of a week to the lesson.")
    months = max(1, round((last_report_on(call) - call.opens_on).days / MONTH))
    text = ngettext(
        "About %(words)s month from the opening of a call to its last report. The dates are those of %(call)s.",
        "About %(words)s months from the opening of a call to its last report. The dates are those of %(call)s.",
        months,
    )
    return text % {"words": in_words(months), "call": call}


def how_it_goes(call: Call | None) -> dict[str, Any]:
    """Return what `exchanges/panels/stages.html` says in figures: durations and dates of `call`.

    Without a call the figures are those that a call begins with, and `call` is None: then there are no dates.
    """
    figures = call or Call()
    return {
        "call": call,
        "text": how_long(call),
        "sections": len(sections.SECTIONS),
        "reviewers": figures.min_reviews,
        "endorse_days": figures.endorse_days,
        "answer_days": figures.answer_days,
        "report_days": figures.report_days,
        "short_answer_days": decisions.SHORT_ANSWER_DAYS,
        "near_days": decisions.NEAR.days,
    }


def names_of(found: Iterable[Pair]) -> dict[str, tuple[str, str]]:
    """Return (name, name in a sentence) of the countries in some pairs, by code. One query."""
    codes = {code for sender, host, _ in found for code in (sender, host)}
    rows = Country.objects.filter(pk__in=codes).values_list("pk", "name", "name_in_text")
    if not is_default():
        # Other languages have no second form at hand; their sentences are built so that none is needed.
        return {code: (gettext(name), gettext(name)) for code, name, _ in rows}
    return {code: (name, in_text) for code, name, in_text in rows}


@dataclass(frozen=True, slots=True)
class CountryLine:
    """What one country sent and hosted, in a sentence."""

    name: str
    text: str


def country_lines(found: Sequence[Pair], names: Mapping[str, tuple[str, str]]) -> list[CountryLine]:
    """Return a sentence for each country that sent or hosted somebody, in the order of their names."""
    sent: dict[str, list[tuple[str, int]]] = defaultdict(list)
    hosted: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for sender, host, weeks in found:
        sent[sender].append((host, weeks))
        hosted[host].append((sender, weeks))
    lines = []
    for code in sorted({*sent, *hosted}, key=lambda code: names[code][0]):
        parts = []
        if code in sent:
            words = {"people": _people(sent[code]), "places": _places(sent[code], names)}
            parts.append(gettext("sent %(people)s to %(places)s") % words)
        if code in hosted:
            words = {"people": _people(hosted[code]), "places": _places(hosted[code], names)}
            parts.append(gettext("hosted %(people)s from %(places)s") % words)
        lines.append(CountryLine(names[code][0], f"{gettext(', and ').join(parts)}."))
    return lines


def _people(rows: Sequence[tuple[str, int]]) -> str:
    number = sum(weeks for _, weeks in rows)
    text = ngettext("%(words)s shift leader", "%(words)s shift leaders", number)
    return text % {"words": in_words(number)}


def _places(rows: Sequence[tuple[str, int]], names: Mapping[str, tuple[str, str]]) -> str:
    found = [
        names[code][1] + (f" ({weeks})" if weeks > 1 and len(rows) > 1 else "")
        for code, weeks in sorted(rows, key=lambda row: names[row[0]][0])
    ]
    if len(found) == 1:
        return found[0]
    # Translators: the end of a list of countries
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(found[:-1]), "last": found[-1]}


@lru_cache(maxsize=64)
def _drawn(found: tuple[Pair, ...], names: tuple[tuple[str, str], ...], language: str) -> FlowMap:
    """Return the map of some pairs. Finding free corners for the codes takes longer than all else on the page."""
    return flow_map(found, dict(names))


def picture(found: Sequence[Flow]) -> dict[str, Any] | None:
    """Return map, sentences and badge of some completed weeks, or None without any. One query."""
    counted_pairs = pairs(found)
    if not counted_pairs:
        return None
    names = names_of(counted_pairs)
    total = sum(weeks for *_, weeks in counted_pairs)
    return {
        "chart": _drawn(tuple(counted_pairs), tuple((code, name) for code, (name, _) in sorted(names.items())), tag()),
        "caption": numbered(
            total,
            "%(n)s completed week, from the sending country to the host. Choose a country to see its weeks alone.",
            "%(n)s completed weeks, from the sending country to the host. Choose a country to see its weeks alone.",
        ),
        "lines": country_lines(counted_pairs, names),
        "sample": any(flow.is_sample for flow in found),
    }


def outcome(found: Sequence[Flow], *, lessons: int) -> list[dict[str, Any]]:
    """Return the figures of some completed weeks: weeks, sending and hosting countries, lessons to read."""
    weeks = sum(flow.weeks for flow in found)
    if not weeks:
        return []
    senders, hosts = len({flow.sender for flow in found}), len({flow.host for flow in found})
    figures = [
        {"value": weeks, "label": ngettext("completed week", "completed weeks", weeks)},
        {
            "value": senders,
            "label": ngettext(
                "country whose shift leaders went abroad", "countries whose shift leaders went abroad", senders
            ),
        },
        {"value": hosts, "label": ngettext("country that hosted them", "countries that hosted them", hosts)},
    ]
    # What one may not read does not exist, and a nought would say that there is something.
    if lessons:
        label = ngettext("lesson in the library, to read now", "lessons in the library, to read now", lessons)
        figures.append({"value": lessons, "label": label})
    return figures


def summed_up(found: Sequence[Flow], *, lessons: int) -> str:
    """Return "10 weeks, 9 countries, 8 lessons" for a line of a list; empty without a completed week."""
    weeks = sum(flow.weeks for flow in found)
    if not weeks:
        return ""
    countries = len({flow.sender for flow in found})
    parts = [
        numbered(weeks, "%(n)s week", "%(n)s weeks"),
        numbered(countries, "%(n)s sending country", "%(n)s sending countries"),
    ]
    return ", ".join([*parts, numbered(lessons, "%(n)s lesson", "%(n)s lessons")] if lessons else parts)

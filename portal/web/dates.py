"""Dates and times in words, in Brussels and in the language of the page. Templates have most of these as filters."""

from __future__ import annotations

import datetime as dt

from django.utils import formats
from django.utils.translation import gettext, pgettext

from portal.access.clock import BRUSSELS
from portal.web import languages

#: What a date that does not exist looks like.
NEVER = ""


def in_brussels(moment: dt.datetime) -> dt.datetime:
    """Return an aware moment in Brussels; raises `ValueError` without a zone."""
    if moment.tzinfo is None:
        message = "A time without a zone has no place on a page; store and pass aware datetimes."
        raise ValueError(message)
    return moment.astimezone(BRUSSELS)


def as_date(value: dt.date | dt.datetime) -> dt.date:
    """Return a date; of a moment the day in Brussels."""
    return in_brussels(value).date() if isinstance(value, dt.datetime) else value


def day_number(day: dt.date) -> str:
    """Return the day of the month as a date in words begins with it: "1", "1." in German, "1er" in French."""
    language = languages.tag()
    if language == "de":
        return f"{day.day}."
    return "1er" if language == "fr" and day.day == 1 else str(day.day)


def _month(day: dt.date) -> str:
    # "E" is the month as it stands in a date, where Polish has another form. In French Django writes that in capitals.
    return formats.date_format(day, "E" if languages.tag() == "pl" else "F")


def _weekday(day: dt.date) -> str:
    name = formats.date_format(day, "l")
    return name.lower() if languages.tag() == "pl" else name


def _day_month(day: dt.date) -> str:
    return f"{day_number(day)} {_month(day)}"


def _long_day(day: dt.date) -> str:
    return f"{_day_month(day)} {day.year}"


def brussels(value: dt.datetime | dt.date | None) -> str:
    """Return "Friday 29 January 2027, 23:59 Brussels time" for an aware moment; a date gives weekday and day."""
    if value is None:
        return NEVER
    day = as_date(value)
    # Translators: a weekday and a day, "Friday 29 January 2027"
    text = gettext("%(weekday)s %(day)s") % {"weekday": _weekday(day), "day": _long_day(day)}
    if not isinstance(value, dt.datetime):
        return text
    # Translators: a moment, such as Friday 29 January 2027 at 23:59
    return gettext("%(day)s, %(time)s Brussels time") % {"day": text, "time": f"{in_brussels(value):%H:%M}"}


def brussels_short(value: dt.datetime | dt.date | None) -> str:
    """Return "29 January 2027, 23:59" for an aware moment, in Brussels; a date gives the day alone."""
    if value is None:
        return NEVER
    text = _long_day(as_date(value))
    return f"{text}, {in_brussels(value):%H:%M}" if isinstance(value, dt.datetime) else text


def day(value: dt.datetime | dt.date | None) -> str:
    """Return "29 January 2027"; a moment is read in Brussels."""
    return NEVER if value is None else _long_day(as_date(value))


def day_month(value: dt.datetime | dt.date | None) -> str:
    """Return "29 January"."""
    return NEVER if value is None else _day_month(as_date(value))


def weekday_and_day(value: dt.datetime | dt.date | None) -> str:
    """Return "Friday 29 January"; a moment is read in Brussels."""
    if value is None:
        return NEVER
    day = as_date(value)
    return gettext("%(weekday)s %(day)s") % {"weekday": _weekday(day), "day": _day_month(day)}


def month_name(value: dt.datetime | dt.date | None) -> str:
    """Return "January", as it stands beneath the number of a day."""
    return NEVER if value is None else _month(as_date(value))


def month_year(value: dt.datetime | dt.date | None) -> str:
    """Return "January 2027"."""
    return NEVER if value is None else formats.date_format(as_date(value), "F Y")


def clock_time(value: dt.datetime | None) -> str:
    """Return "23:59", in Brussels."""
    return NEVER if value is None else f"{in_brussels(value):%H:%M}"


def iso(value: dt.datetime | dt.date | None) -> str:
    """Return the value for a ``datetime`` attribute."""
    return NEVER if value is None else value.isoformat()


def span(first: dt.date | dt.datetime | None, last: dt.date | dt.datetime | None) -> str:
    """Return "26 to 30 April 2027", "29 March to 2 April 2027" or one day, whatever the two dates ask for."""
    if first is None or last is None:
        return day(first or last)
    start, end = as_date(first), as_date(last)
    if start == end:
        return _long_day(end)
    if (start.year, start.month) == (end.year, end.month):
        # Translators: two days of one month, "26 to 30 April 2027"
        return pgettext("days", "%(first)s to %(last)s") % {"first": day_number(start), "last": _long_day(end)}
    first = _day_month(start) if start.year == end.year else _long_day(start)
    # Translators: two dates, "29 March to 2 April 2027"
    return pgettext("dates", "%(first)s to %(last)s") % {"first": first, "last": _long_day(end)}

"""Filters and tags of every template: times with their zone, TLP classes, form controls.

Django's settings load this library as a builtin, so templates need no ``{% load noc %}``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField, Form
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from portal.access.clock import BRUSSELS, now
from portal.web import languages, words
from portal.web.forms import FieldShape, shape_of

register = template.Library()

_NEVER = ""


def _in_brussels(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        message = "A time without a zone has no place on a page; store and pass aware datetimes."
        raise ValueError(message)
    return moment.astimezone(BRUSSELS)


def _as_date(value: dt.date | dt.datetime) -> dt.date:
    return _in_brussels(value).date() if isinstance(value, dt.datetime) else value


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


@register.filter
def brussels(value: dt.datetime | dt.date | None) -> str:
    """Return "Friday 29 January 2027, 23:59 Brussels time" for an aware moment; a date gives weekday and day."""
    if value is None:
        return _NEVER
    day = _as_date(value)
    # Translators: a weekday and a day, "Friday 29 January 2027"
    text = gettext("%(weekday)s %(day)s") % {"weekday": _weekday(day), "day": _long_day(day)}
    if not isinstance(value, dt.datetime):
        return text
    # Translators: a moment, such as Friday 29 January 2027 at 23:59
    return gettext("%(day)s, %(time)s Brussels time") % {"day": text, "time": f"{_in_brussels(value):%H:%M}"}


@register.filter
def brussels_short(value: dt.datetime | dt.date | None) -> str:
    """Return "29 January 2027, 23:59" for an aware moment, in Brussels; a date gives the day alone."""
    if value is None:
        return _NEVER
    text = _long_day(_as_date(value))
    return f"{text}, {_in_brussels(value):%H:%M}" if isinstance(value, dt.datetime) else text


@register.filter
def day(value: dt.datetime | dt.date | None) -> str:
    """Return "29 January 2027"; a moment is read in Brussels."""
    return _NEVER if value is None else _long_day(_as_date(value))


@register.filter
def day_month(value: dt.datetime | dt.date | None) -> str:
    """Return "29 January"."""
    return _NEVER if value is None else _day_month(_as_date(value))


@register.filter
def weekday_and_day(value: dt.datetime | dt.date | None) -> str:
    """Return "Friday 29 January"; a moment is read in Brussels."""
    if value is None:
        return _NEVER
    day = _as_date(value)
    return gettext("%(weekday)s %(day)s") % {"weekday": _weekday(day), "day": _day_month(day)}


@register.filter
def month_name(value: dt.datetime | dt.date | None) -> str:
    """Return "January", as it stands beneath the number of a day."""
    return _NEVER if value is None else _month(_as_date(value))


@register.filter
def month_year(value: dt.datetime | dt.date | None) -> str:
    """Return "January 2027"."""
    return _NEVER if value is None else formats.date_format(_as_date(value), "F Y")


@register.filter
def clock_time(value: dt.datetime | None) -> str:
    """Return "23:59", in Brussels."""
    return _NEVER if value is None else f"{_in_brussels(value):%H:%M}"


@register.filter
def iso(value: dt.datetime | dt.date | None) -> str:
    """Return the value for a ``datetime`` attribute."""
    return _NEVER if value is None else value.isoformat()


@register.filter
def span(first: dt.date | dt.datetime | None, last: dt.date | dt.datetime | None) -> str:
    """Return "26 to 30 April 2027", "29 March to 2 April 2027" or one day, whatever the two dates ask for."""
    if first is None or last is None:
        return day(first or last)
    start, end = _as_date(first), _as_date(last)
    if start == end:
        return _long_day(end)
    if (start.year, start.month) == (end.year, end.month):
        # Translators: two days of one month, "26 to 30 April 2027"
        return pgettext("days", "%(first)s to %(last)s") % {"first": day_number(start), "last": _long_day(end)}
    first = _day_month(start) if start.year == end.year else _long_day(start)
    # Translators: two dates, "29 March to 2 April 2027"
    return pgettext("dates", "%(first)s to %(last)s") % {"first": first, "last": _long_day(end)}


def _moment(value: dt.datetime | dt.date) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time(), BRUSSELS)


@register.filter
def since(value: dt.datetime | dt.date | None) -> str:
    """Return how long ago `value` was, in its largest whole unit: "3 days"."""
    return _NEVER if value is None else words.duration(now() - _moment(value))


@register.filter
def until(value: dt.datetime | dt.date | None) -> str:
    """Return how long it is until `value`: "6 days"; empty when it has passed."""
    if value is None or _moment(value) <= now():
        return _NEVER
    return words.duration(_moment(value) - now())


@register.filter
def days_since(value: dt.datetime | dt.date | None) -> int | None:
    """Return the calendar days in Brussels from `value` to today."""
    return None if value is None else (_as_date(now()) - _as_date(value)).days


@register.filter
def days_until(value: dt.datetime | dt.date | None) -> int | None:
    """Return the calendar days in Brussels from today to `value`; negative when it has passed."""
    return None if value is None else (_as_date(value) - _as_date(now())).days


@register.filter
def in_words(value: int) -> str:
    """Return a count as a word up to twenty."""
    return words.in_words(value)


@register.filter
def minute(value: int) -> str:
    """Return a minute of the Golden Hour as "T+05"."""
    return f"T+{value:02d}"


@register.filter
def tlp_class(label: str) -> str:
    """Return the class that a TLP label's colour hangs on; AMBER+STRICT shares AMBER's, as in FIRST's standard."""
    word = str(label).upper().removeprefix("TLP:").split("+", 1)[0].lower()
    return word if word in {"red", "amber", "green", "clear"} else "clear"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """Return ``mapping[key]``, or nothing."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag
def asset(path: str) -> str:
    """Return a static file's address even when the manifest does not know it: error pages must stand regardless."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag
def shape(field: BoundField) -> FieldShape:
    """Return what ``components/field.html`` needs to know about a bound field."""
    return shape_of(field)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Return the field's control with class, description and error wired up."""
    return field.as_widget(attrs=shape_of(field).attrs)


@register.simple_tag
def choice_control(field: BoundField, choice: Any) -> SafeString:
    """Return one radio button or checkbox of a group, without a label of its own."""
    if field.errors:
        choice.data["attrs"]["aria-invalid"] = "true"
    return choice.tag(wrap_label=False)


@register.simple_tag
def mistakes(form: Form) -> list[tuple[str, str]]:
    """Return (id of the control, message) for each mistake, form-wide ones first with an empty id."""
    found = [("", str(error)) for error in form.non_field_errors()]
    for hidden in form.hidden_fields():
        found += [("", str(error)) for error in hidden.errors]
    for field in form.visible_fields():
        found += [(shape_of(field).control_id, str(error)) for error in field.errors]
    return found


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """Return the request's query string with `changes`; an empty value drops the key: ``{% query_with page=2 %}``."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return format_html("?{}", query.urlencode()) if query else "?"


@register.simple_tag
def page_numbers(page: Page) -> list[int]:
    """Return the page numbers to print around the current one; 0 stands for a gap."""
    return [
        number if isinstance(number, int) else 0
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]

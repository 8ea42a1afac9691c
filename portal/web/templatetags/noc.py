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
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.access.clock import BRUSSELS, now
from portal.web import dates, words
from portal.web.forms import FieldShape, shape_of

register = template.Library()

for _filter in (
    dates.brussels,
    dates.brussels_short,
    dates.day,
    dates.day_month,
    dates.month_name,
    dates.month_year,
    dates.clock_time,
    dates.iso,
    dates.span,
):
    register.filter(_filter)


def _moment(value: dt.datetime | dt.date) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time(), BRUSSELS)


@register.filter
def since(value: dt.datetime | dt.date | None) -> str:
    """Return how long ago `value` was, in its largest whole unit: "3 days"."""
    return dates.NEVER if value is None else words.duration(now() - _moment(value))


@register.filter
def until(value: dt.datetime | dt.date | None) -> str:
    """Return how long it is until `value`: "6 days"; empty when it has passed."""
    if value is None or _moment(value) <= now():
        return dates.NEVER
    return words.duration(_moment(value) - now())


@register.filter
def days_since(value: dt.datetime | dt.date | None) -> int | None:
    """Return the calendar days in Brussels from `value` to today."""
    return None if value is None else (dates.as_date(now()) - dates.as_date(value)).days


@register.filter
def days_until(value: dt.datetime | dt.date | None) -> int | None:
    """Return the calendar days in Brussels from today to `value`; negative when it has passed."""
    return None if value is None else (dates.as_date(value) - dates.as_date(now())).days


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

"""Tags of the first half: mistakes of several forms in one summary."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.forms import Form

from portal.web.templatetags.noc import mistakes

register = template.Library()


@register.simple_tag
def mistakes_of(forms: Iterable[Form]) -> list[tuple[str, str]]:
    """Return (id of the control, message) for each mistake of several forms, in their order."""
    return [found for form in forms if form.is_bound for found in mistakes(form)]

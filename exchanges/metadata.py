"""Which addresses of the exchanges search engines may read, and which lead nowhere without signing in."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from exchanges.models import Call
from portal.access.viewer import ANONYMOUS
from portal.web.sitemap import Address, add_addresses, leave_alone


def _addresses() -> Iterable[Address]:
    """Return the first page of the exchanges and the public calls, the newest first. One query."""
    calls = Call.objects.visible_to(ANONYMOUS).order_by("-opens_on", "-pk")
    return [Address(reverse("exchanges:index")), *(Address(call.get_absolute_url()) for call in calls)]


add_addresses("exchanges", _addresses)
leave_alone(
    *(f"/exchanges/{name}/" for name in ("applications", "endorsements", "offers", "office", "placements", "reviews"))
)

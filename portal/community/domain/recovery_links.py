"""The links in letters about a lost device: signed, each for one purpose, nothing stored for them."""

from __future__ import annotations

import datetime as dt
import re

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from portal.access import clock
from portal.community.models import Person, Recovery
from portal.outbox.post import link

#: How long a link to ask opens something.
ASK_WITHIN = dt.timedelta(hours=24)
_ASK, _STOP = "portal.community.recovery.ask", "portal.community.recovery.stop"
_ASKED = re.compile(r"(\d{1,18})\.(\d{1,18})\.(\d{1,12})")


def _newest(person_id: int) -> int:
    """Return the newest request of a person: a link to ask is worth something until there is a newer one."""
    return Recovery.objects.filter(person_id=person_id).order_by("-pk").values_list("pk", flat=True).first() or 0


def ask_url(person: Person) -> str:
    """Return the full address of a link that lets its bearer ask in the name of `person`, once, within a day."""
    until = int((clock.now() + ASK_WITHIN).timestamp())
    token = Signer(sep=".", salt=_ASK).sign(f"{person.pk}.{_newest(person.pk)}.{until}")
    return link(reverse("recovery:link", args=[token]))


def read_ask(token: str) -> Person | None:
    """Return who may be asked for by this link now; None if it was not made here, has run out or was used."""
    found = _ASKED.fullmatch(_unsigned(_ASK, token))
    if found is None:
        return None
    person_id, newest, until = map(int, found.groups())
    if clock.now().timestamp() >= until or _newest(person_id) != newest:
        return None
    return Person.objects.select_related("user").filter(pk=person_id, active=True, user__is_active=True).first()


def stop_url(recovery: Recovery) -> str:
    """Return the full address of the link by which the person concerned stops it. It lasts as long as the request."""
    return link(stop_path(recovery))


def stop_path(recovery: Recovery) -> str:
    """Return the portal's path of the link to stop."""
    return reverse("recovery:stop", args=[Signer(sep=".", salt=_STOP).sign(str(recovery.pk))])


def read_stop(token: str) -> Recovery | None:
    """Return the request behind a link to stop; None if it was not made here."""
    number = _unsigned(_STOP, token)
    if not re.fullmatch(r"\d{1,18}", number):
        return None
    return Recovery.objects.select_related("person__user", "person__country", "grant").filter(pk=number).first()


def _unsigned(salt: str, token: str) -> str:
    try:
        return Signer(sep=".", salt=salt).unsign(token)
    except BadSignature:
        return ""

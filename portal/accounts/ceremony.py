"""Passkeys between browser and view: which browser asks, and the answer in a posted form.

A page shows `accounts/passkey_button.html`; its form comes back to that page's own address with the passkey's answer
in the field `passkey`. The view asks `used` (or `domain.passkeys.register`) what became of it, before it looks at any
other form of the page:

    if (outcome := ceremony.used(request, user)) is not None:
        if outcome.ok:
            …the second factor is `outcome.device`…
        …else print the page again, with `passkey_outcome=outcome`…
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portal.accounts.domain import passkeys
from portal.accounts.models import User

#: The field that carries the answer.
FIELD = "passkey"


def binding(request: HttpRequest) -> str:
    """Return what binds challenges to this browser's session: a new key (sign-in, step-up) ends what was asked."""
    return salted_hmac("portal.accounts.ceremony", request.session.session_key or "", algorithm="sha256").hexdigest()


def answer(request: HttpRequest, field: str = FIELD) -> str | None:
    """Return the answer in the posted form, "" for one without (no JavaScript), None where it is not our form."""
    return request.POST.get(field) if request.method == "POST" else None


def used(request: HttpRequest, user: User, field: str = FIELD) -> passkeys.Outcome | None:
    """Return what became of the passkey that was used in this form, or None where another form was sent.

    `field` is the form's `passkey_field`, where the page has given it one.
    """
    given = answer(request, field)
    if given is None:
        return None
    return passkeys.verify(user=user, binding=binding(request), answer=given)

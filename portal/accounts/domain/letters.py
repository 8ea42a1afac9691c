"""Mails about the account itself: they go to every address that is known to be its owner's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress

from portal.accounts.models import User
from portal.outbox.models import Mail
from portal.outbox.post import post


def known_addresses(*, user: User) -> list[str]:
    """Return the account's address first, then every other that was verified for it; each once, in lower case."""
    verified = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return list(dict.fromkeys(address.lower() for address in [user.email, *verified.values_list("email", flat=True)]))


def tell_owner(
    *, user: User, template: str, context: dict[str, Any], also: Collection[str] = (), key: str | None = None
) -> list[Mail]:
    """Write one mail to each known address of the account, and to each of `also` (one that was just given up).

    `template` and `context` as in `portal.outbox.post`; the template must belong to a group of mails that always go
    out at once. With `key`, each address gets the mail once under it. Returns the mails.
    """
    addresses = dict.fromkeys([*known_addresses(user=user), *(address.lower() for address in also)])
    mails = [
        post(
            to=address,
            template=template,
            context=context,
            user_id=user.pk,
            key=f"{key}:{address}" if key else None,
        )
        for address in addresses
    ]
    return [mail for mail in mails if mail is not None]

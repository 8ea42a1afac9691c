"""A forgotten password: the page writes down which address was typed, and a job answers by letter.

So neither the answer nor its time, nor what the page writes, can tell whether there is an account (ASVS 6.3.8).
"""

from __future__ import annotations

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from portal.access import clock
from portal.accounts import crypto
from portal.accounts.models import User
from portal.jobs import queue
from portal.outbox.models import Mail
from portal.outbox.post import link, post

#: Name of the job, and of the letter's template.
ANSWER, LETTER = "accounts.forgotten_password", "account_password_reset_key"
#: How many such letters an account gets within an hour, whoever asks; those before still open.
LETTERS_AN_HOUR = 3


@transaction.atomic
def ask(*, address: str) -> None:
    """Write down that somebody forgot the password of `address`. The typed address lies encrypted in the job's row."""
    queue.enqueue(ANSWER, sealed_address=crypto.seal(address.encode()))


@queue.handler(ANSWER)
def answer(job: queue.RunningJob, sealed_address: str) -> None:
    """Send the letter where there is an open account, and not too often."""
    address = crypto.unseal(sealed_address).decode()
    since = clock.now() - dt.timedelta(hours=1)
    for user in filter_users_by_email(address, is_active=True, prefer_verified=True, for_login=True):
        # One after the other: several jobs at once would each see no letter yet.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if Mail.objects.filter(kind=LETTER, user_id=user.pk, created_at__gt=since).count() < LETTERS_AN_HOUR:
            post(to=address, template=LETTER, context={"password_reset_url": reset_url(user)}, user_id=user.pk)


def reset_url(user: User) -> str:
    """Return the full address under which `user` may choose a new password, within three days and once."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return link(path)

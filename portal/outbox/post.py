"""Queueing and delivering mail."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextvars import ContextVar
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, models, transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from portal.access import clock
from portal.access.labels import TLP
from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.outbox import preferences
from portal.outbox.models import Mail, MailState

#: Name of the job that delivers one mail.
DELIVER = "outbox.deliver"
#: Domain of the addresses that forgotten accounts bear (RFC 2606): nothing is written there.
NOWHERE = "former.invalid"
#: Header lines that a mail may bring along; all others are the outbox's own or the mail server's.
OWN_HEADERS = frozenset({"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"})

_held_back: ContextVar[bool] = ContextVar("mail_held_back", default=False)


def link(path: str) -> str:
    """Return the full address of a path of the portal, for use in a mail."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def about_key(thing: models.Model | None) -> str:
    """Return "app.model:pk", the way mails and journal rows name a thing without a foreign key."""
    return f"{thing._meta.label_lower}:{thing.pk}" if thing is not None else ""


def words(*, template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Return subject and text of `mail/<template>.txt` as `post` would write them."""
    page = get_template(f"mail/{template}.txt").template  # type: ignore[attr-defined]
    # Plain text: escaping would write O&#x27;Brien.
    # Mail is in English, whatever the language of the page that caused it.
    with translation.override(settings.LANGUAGE_CODE):
        text = page.render(Context({**context, "site_url": settings.SITE_URL.rstrip("/")}, autoescape=False))
    subject, _, body = text.lstrip().partition("\n")
    return " ".join(subject.removeprefix("Subject:").split()), body.strip() + "\n"


def post(
    *,
    to: str,
    template: str,
    context: dict[str, Any],
    about: models.Model | None = None,
    user_id: int | None = None,
    tlp: str = TLP.CLEAR,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    until: dt.datetime | dt.date | None = None,
) -> Mail | None:
    """Write a mail in the current transaction; a job sends it after commit, or later as its reader chose.

    `template` names `mail/<template>.txt`, whose first line is the subject and whose rest is the text. `tlp` stands in
    front of the subject unless it is TLP:CLEAR. With `key`, a mail queued before under the same key is returned
    unchanged. With `user_id`, that person's choice for this kind of mail holds (`portal.outbox.kinds`): at once, in
    the daily mail, never. `until` is the deadline that the mail names, a moment or a day in Brussels; where the daily
    mail would come too late for it, the mail goes at once. Returns None where mail is held back (sample content of the
    past), and for somebody who is forgotten.
    """
    if _held_back.get():
        return None
    if key and (before := Mail.objects.filter(key=key).first()):
        return before
    subject, body = words(template=template, context=context)
    return post_text(
        to=to,
        subject=subject,
        body=body,
        kind=template,
        about=about,
        user_id=user_id,
        tlp=tlp,
        key=key,
        headers=headers,
        until=until,
    )


def post_text(
    *,
    to: str,
    subject: str,
    body: str,
    kind: str,
    about: models.Model | None = None,
    user_id: int | None = None,
    tlp: str = TLP.CLEAR,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    until: dt.datetime | dt.date | None = None,
) -> Mail | None:
    """Write a mail whose words are already there; otherwise like `post`.

    Raises `ValueError` for a header line that is not one of `OWN_HEADERS`, or one that holds a line break.
    """
    lines = dict(headers or {})
    if set(lines) - OWN_HEADERS or any(not value.isprintable() for value in lines.values()):
        raise ValueError(f"a mail may not bring these header lines along: {lines}")
    if _held_back.get() or to.endswith(f"@{NOWHERE}"):
        return None
    subject = " ".join(subject.removeprefix("Subject:").split())
    if tlp != TLP.CLEAR:
        subject = f"[{tlp}] {subject}"
    state, due_at = preferences.way_of(kind=kind, user_id=user_id, until=until)
    try:
        with transaction.atomic():
            mail = Mail.objects.create(
                key=key,
                user_id=user_id,
                to_address=to,
                subject=subject[:250],
                body=body.strip() + "\n",
                kind=kind,
                about=about_key(about),
                headers=lines,
                tlp=tlp,
                state=state,
                due_at=due_at,
                created_at=clock.now(),
            )
            if state == MailState.WAITING:
                deliver_soon(mail)
    except IntegrityError:
        # Two transactions under one key: the other's mail is the one.
        if key is None:
            raise
        return Mail.objects.get(key=key)
    return mail


def deliver_soon(mail: Mail) -> None:
    """Enqueue the job that delivers `mail`; one at a time for each mail."""
    queue.enqueue(DELIVER, key=f"mail:{mail.pk}", mail_id=str(mail.pk))


def forget(*, to: str, kinds: Collection[str]) -> int:
    """Remove the mails of these kinds to an address, sent or not; returns how many. One that waits is not sent."""
    return Mail.objects.filter(to_address=to, kind__in=kinds).delete()[0]


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Write no mail inside: sample content tells of a past whose letters were sent long ago."""
    token = _held_back.set(True)
    try:
        yield
    finally:
        _held_back.reset(token)


@queue.handler(DELIVER, long=True)
def deliver(job: queue.RunningJob, mail_id: str) -> Any:
    """Send one mail. The Message-ID is the row's, so that a mail sent twice after a crash is recognised as one."""
    mail = Mail.objects.filter(pk=mail_id).exclude(state=MailState.SENT).first()
    if mail is None:
        return None
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    message = EmailMessage(
        mail.subject,
        mail.body,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to_address],
        headers={
            **mail.headers,
            "Message-ID": f"<{mail.pk}@{host}>",
            "Date": format_datetime(mail.created_at.astimezone(dt.UTC)),
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except Exception as error:
        state = MailState.FAILED if job.attempt >= queue.MAX_ATTEMPTS else MailState.WAITING
        Mail.objects.filter(pk=mail.pk).exclude(state=MailState.SENT).update(
            state=state, attempts=job.attempt, error=f"{type(error).__name__}: {error}"[:2000]
        )
        raise

    def sent() -> None:
        Mail.objects.filter(pk=mail.pk).update(
            state=MailState.SENT, attempts=job.attempt, error="", sent_at=clock.now()
        )

    return sent


def failed() -> models.QuerySet[Mail]:
    """Return the mails that could not be delivered, oldest first."""
    return Mail.objects.filter(state=MailState.FAILED).order_by("created_at", "pk")


def send_again(mail: Mail) -> bool:
    """Queue a mail that could not be delivered once more; returns False where it is not failed (any more)."""
    with transaction.atomic():
        if not failed().filter(pk=mail.pk).update(state=MailState.WAITING, error=""):
            return False
        deliver_soon(mail)
    return True


def sweep() -> int:
    """Give every waiting mail without an unfinished job a new one; returns how many got one.

    A mail whose job was given up without a word from the mail server (its worker died each time) counts as failed, so
    that somebody looks at it.
    """
    revived = 0
    for mail in Mail.objects.filter(state=MailState.WAITING).order_by("created_at", "pk").iterator():
        last = Job.objects.filter(key=f"mail:{mail.pk}").order_by("-created_at").first()
        if last is None or last.state == JobState.DONE:
            deliver_soon(mail)
            revived += 1
        elif last.state == JobState.FAILED:
            Mail.objects.filter(pk=mail.pk, state=MailState.WAITING).update(
                state=MailState.FAILED, attempts=last.attempts, error=last.error[:2000]
            )
    return revived

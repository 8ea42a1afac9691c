"""Where mail goes under the local settings: files that the pages at `/mail/` show. Nothing leaves the machine."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage as ParsedMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

#: What the name of a kept mail looks like; nothing else is ever opened.
NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{32}")


class ViewerBackend(BaseEmailBackend):
    """Django mail backend that keeps each mail as one `.eml` in `MAIL_VIEWER_ROOT`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; returns how many. A mail sent twice under one Message-ID is one file."""
        root = Path(settings.MAIL_VIEWER_ROOT)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            built = message.message()
            written = _moment(built["Date"])
            digest = hashlib.sha256(built["Message-ID"].encode()).hexdigest()[:32]
            file = root / f"{written:%Y%m%dT%H%M%SZ}-{digest}.eml"
            # Renamed into place: the page may be reading the folder.
            draft = file.with_suffix(".part")
            draft.write_bytes(built.as_bytes())
            draft.replace(file)
        return len(email_messages)


@dataclass(frozen=True)
class KeptMail:
    """A mail as the viewer shows it. `name` is its address beneath `/mail/`."""

    name: str
    to: str
    sender: str
    subject: str
    at: dt.datetime
    text: str


def kept_mails(*, to: str = "") -> list[KeptMail]:
    """Return all kept mails, newest first; with `to`, only those to that address.

    A mail's own date knows whole seconds only; within one, the order in which they were delivered counts.
    """
    files = [file for file in Path(settings.MAIL_VIEWER_ROOT).glob("*.eml") if NAME.fullmatch(file.stem)]
    files.sort(key=lambda file: (file.stem[:16], file.stat().st_mtime_ns, file.stem), reverse=True)
    wanted = to.strip().lower()
    mails = (_read(file) for file in files)
    return [mail for mail in mails if not wanted or wanted in mail.to.lower().split(", ")]


def kept_mail(name: str) -> KeptMail | None:
    """Return one kept mail by its name, or None."""
    file = Path(settings.MAIL_VIEWER_ROOT) / f"{name}.eml"
    return _read(file) if NAME.fullmatch(name) and file.is_file() else None


def _moment(date: str) -> dt.datetime:
    moment = parsedate_to_datetime(date)
    # RFC 5322, 3.3: "-0000", which Django writes, is UTC without a word on the sender's zone; Python leaves it naive.
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _read(file: Path) -> KeptMail:
    parsed = email.message_from_bytes(file.read_bytes(), _class=ParsedMessage, policy=email.policy.default)
    body = parsed.get_body(preferencelist=("plain",))
    return KeptMail(
        name=file.stem,
        to=", ".join(address for _, address in getaddresses([str(parsed["To"])])),
        sender=str(parsed["From"]),
        subject=str(parsed["Subject"]),
        at=_moment(str(parsed["Date"])),
        text=body.get_content() if body is not None else "",
    )

"""What happens to a message from the contact page: who gets it, what the sender is told, what the journal keeps."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models, transaction
from django.utils.translation import gettext, gettext_lazy

from portal.access import clock
from portal.access.viewer import Viewer
from portal.community.domain.standing import contact_points, people_with
from portal.community.models import Country, Group, Person, Role
from portal.journal.door import record
from portal.outbox.models import Mail
from portal.outbox.post import post

if TYPE_CHECKING:
    from portal.pages.models import ContactPage

#: Names of the mails that a message makes, and how long the portal keeps them.
KINDS = ("contact_message", "contact_receipt")
KEPT_FOR = dt.timedelta(days=365)
#: How a reference looks: the first eight figures of the first mail's key.
REFERENCE = re.compile(r"\A[0-9A-F]{8}\Z")


class About(models.TextChoices):
    """What a message is about. The choice decides what the form asks and who gets the answer."""

    JOIN = "join", gettext_lazy("Joining the community")
    GROUP = "group", gettext_lazy("The work of an interest group")
    EXCHANGES = "exchanges", gettext_lazy("Exchanges of shift leaders")
    ACCESSIBILITY = "accessibility", gettext_lazy("Something on this site that I cannot use")
    PRIVACY = "privacy", gettext_lazy("My personal data")
    OTHER = "other", gettext_lazy("Something else")


@dataclass(frozen=True)
class Message:
    """A message as the form gives it; `country` and `service` stand in requests to join, `group` in those to groups."""

    about: About
    name: str
    email: str
    text: str
    service: str = ""
    function: str = ""
    country: Country | None = None
    group: Group | None = None


@dataclass(frozen=True)
class Receipt:
    """What the sender is told: the reference, and who has the message ("contact_points", "group" or "office")."""

    reference: str
    key: str


class ContactQuestions(Protocol):
    """What the page asks of its form: the subject that it is about."""

    subject: About


_form: list[Callable[..., ContactQuestions]] = []


def set_form(form: Callable[..., ContactQuestions]) -> None:
    """Say what makes the form, called with `about` and `initial`; forms stand above this layer and hand theirs in."""
    _form[:] = [form]


class NobodyReads(RuntimeError):
    """No address is known for a message, so it was not taken."""


def readers(*, message: Message, page: ContactPage) -> tuple[str, str, list[tuple[str, int | None]]]:
    """Return who gets a message: a key for the journal, the words for the sender, and (address, user) of each.

    A request to join goes to the contact point of the country and the deputies, one to a group to its leaders; where
    there is nobody yet, and for all else, the office reads.
    """
    chosen: list[Person] = []
    if message.about == About.JOIN and message.country is not None:
        chosen = list(contact_points(message.country.code))
        if chosen:
            words = f"the National Contact Point of {message.country.name_in_text}"
            return "contact_points", words, [(person.user.email, person.user_id) for person in chosen]
    if message.about == About.GROUP and message.group is not None:
        chosen = list(people_with(role=Role.TIG_LEADER, scope=f"group:{message.group.pk}"))
        if chosen:
            words = f"the lead of {message.group.short_name}"
            return "group", words, [(person.user.email, person.user_id) for person in chosen]
    if page.office_email:
        return "office", "the programme office", [(page.office_email, None)]
    office = people_with(role=Role.OFFICE)
    return "office", "the programme office", [(person.user.email, person.user_id) for person in office]


@transaction.atomic
def send(*, message: Message, page: ContactPage, by: Viewer) -> Receipt:
    """Write the mails of a message and one journal row. Raises `NobodyReads` where nobody could get it.

    The same words sent twice on one day, by a double click or a second tab, are one message. The sender's receipt
    repeats nothing that was typed: a form that anybody may use would otherwise send anybody's words to anybody. The
    journal keeps the subject and who got it, no names and no text.
    """
    key, reader, addresses = readers(message=message, page=page)
    if not addresses:
        raise NobodyReads("nobody holds the office’s role, and the page names no address")
    digest = _digest(message)
    if before := Mail.objects.filter(key=f"contact:{digest}:0").first():
        return Receipt(reference=_reference(before), key=key)
    mails = [
        post(
            to=address,
            template="contact_message",
            context={"message": message, "reader": reader},
            about=page,
            user_id=user_id,
            key=f"contact:{digest}:{number}",
        )
        for number, (address, user_id) in enumerate(addresses)
    ]
    reference = _reference(mails[0])
    post(
        to=message.email,
        template="contact_receipt",
        context={"about": message.about, "reader": reader, "reference": reference, "at": clock.now()},
        about=page,
        key=f"contact:{digest}:receipt",
    )
    _note(page=page, message=message, by=by, key=key, reference=reference)
    return Receipt(reference=reference, key=key)


def _reference(mail: Mail | None) -> str:
    # Mail is held back while sample content is loaded; nobody writes a message then.
    return str(mail.pk)[:8].upper() if mail is not None else ""


def _note(*, page: ContactPage, message: Message, by: Viewer, key: str, reference: str) -> None:
    facts: dict[str, Any] = {"about": message.about.value, "to": key, "reference": reference}
    if message.country is not None:
        facts["country"] = message.country.code
    if message.group is not None:
        facts["group"] = message.group.slug
    record(thing=page, verb="message_received", by=by, data=facts)


def _digest(message: Message) -> str:
    """Return what tells a message from another on the same day, hex."""
    country = message.country.code if message.country else ""
    group = message.group.slug if message.group else ""
    parts = (
        clock.today().isoformat(),
        message.about.value,
        message.name,
        message.email.lower(),
        message.service,
        message.function,
        country,
        group,
        message.text,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def forget_old_messages() -> int:
    """Remove the mails of messages that were written more than a year ago; returns how many went.

    The privacy notice promises it. Rows of the journal hold no text, and stay.
    """
    old = Mail.objects.filter(kind__in=KINDS, created_at__lt=clock.now() - KEPT_FOR)
    return old.delete()[1].get("outbox.Mail", 0)


def contact_context(
    *, page: ContactPage, viewer: Viewer, query: Mapping[str, str], form: ContactQuestions | None
) -> dict[str, Any]:
    """Return the subjects, the form of the one that is chosen, and the confirmation after sending.

    One query for the subjects; a request to join and one to a group ask for countries or groups too, and a signed-in
    sender's name and address are filled in.
    """
    topics = list(page.topics.all())
    offered = {topic.about for topic in topics}
    about = form.subject.value if form is not None else query.get("about", "")
    if form is None and about in offered:
        form = _form[0](about=About(about), initial=known_of(viewer) | {"group": query.get("group", "")})
    reference = query.get("sent", "")
    sent = REFERENCE.match(reference) is not None and form is None
    return {
        "topics": [
            {"title": topic.get_about_display(), "url": f"{page.url}?about={topic.about}#write", "topic": topic}
            for topic in topics
        ],
        "form": form,
        "about_words": form.subject.label if form is not None else "",
        "topic": next((topic for topic in topics if topic.about == about), None),
        "reference": reference if sent else "",
        "reader": {"contact_points": gettext("Your National Contact Point"), "group": gettext("The group’s lead")}.get(
            query.get("to", ""), gettext("The programme office")
        ),
    }


def known_of(viewer: Viewer) -> dict[str, str]:
    """Return name and address of a member, to begin the form with; nothing for a visitor. One query for a member."""
    if not viewer.is_member or viewer.person_id is None:
        return {}
    person = Person.objects.select_related("user").filter(pk=viewer.person_id).first()
    return {"name": person.name, "email": person.user.email} if person else {}

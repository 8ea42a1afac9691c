"""The transition table of an update: `journal.perform` obeys it and `manage.py state_diagrams` draws it."""

from __future__ import annotations

from portal.access.viewer import Viewer
from portal.journal.machine import Machine, Transition, by_system, register
from portal.updates.domain import gathering
from portal.updates.models import Subscriber, Update


def office(update: Update, viewer: Viewer) -> bool:
    """The programme office."""
    return viewer.holds("office")


def something_goes_out(update: Update) -> str | None:
    """Condition: not everything was left out."""
    return None if gathering.told(update) else "Nothing is left in this update. Leave at least one thing in."


def all_still_public(update: Update) -> str | None:
    """Condition: whatever goes out may be read by anyone at this moment, under the title and address that are told."""
    allowed = gathering.public_now(update)
    gone = [item.title for item in gathering.told(update) if gathering.as_told(item) not in allowed]
    if not gone:
        return None
    return f"{'; '.join(f'“{title}”' for title in gone)}: changed or no longer public. Gather again and look once more."


def somebody_reads_it(update: Update) -> str | None:
    """Condition: at least one confirmed subscriber chose one of the topics."""
    topics = {item.topic for item in gathering.told(update)}
    readers = Subscriber.objects.confirmed().filter(choices__topic__in=topics)
    return None if readers.exists() or not topics else "Nobody has subscribed to these topics yet."


UPDATE = register(
    Machine(
        "updates.Update",
        Update.State,
        Update.State.DRAFT,
        (
            Transition(
                "send",
                (Update.State.DRAFT,),
                Update.State.SENDING,
                office,
                "the programme office",
                (something_goes_out, all_still_public, somebody_reads_it),
            ),
            Transition("finish", (Update.State.SENDING,), Update.State.SENT, by_system, "the portal itself"),
        ),
    )
)

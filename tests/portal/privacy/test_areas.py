"""What the areas hold about a person, copied and forgotten; the exchanges have tests of their own."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from wagtail.models import ModelLogEntry, Page, PageLogEntry, PageSubscription

from library.domain.lessons import draft_lesson
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.accounts import personal
from portal.accounts.models import User
from portal.community.domain import recovery
from portal.community.models import Person, Recovery
from portal.pages.models import StandardPage
from portal.privacy.domain import people
from portal.privacy.models import Departure, Why
from portal.updates.domain import addresses, subscriptions
from portal.updates.models import Ask, Block, Choice, Subscriber
from tests import factories


def copied(member: Person, key: str) -> Any:
    part = next(part for part in personal.parts() if part.key == key)
    return json.loads(json.dumps(list(part.export(member.user).records), default=str))


def forget(member: Person) -> Departure:
    return people.forget(user=member.user, by=SYSTEM, why=Why.ASKED)


def subscribe(address: str) -> Subscriber:
    row = Subscriber.objects.create(
        address=address, digest=addresses.digest(address), asked_at=clock.now(), confirmed_at=clock.now()
    )
    Choice.objects.create(subscriber=row, topic="news")
    return row


# ── Updates by e-mail ────────────────────────────────────────────────────────────────────────


def test_the_subscription_under_the_same_address_is_copied_and_stopped(member: Person) -> None:
    subscribe("Ilze@example.org")
    other = subscribe("eva@example.org")
    Ask.objects.create(address="ilze@example.org", digest=addresses.digest("ilze@example.org"), asked_at=clock.now())
    (found,) = copied(member, "updates")
    assert (found["address"], found["topics"]) == ("Ilze@example.org", ["news"])
    forget(member)
    assert list(Subscriber.objects.all()) == [other]
    assert Ask.objects.count() == 0


def test_whoever_wanted_no_letters_keeps_that_wish(member: Person) -> None:
    subscriptions.block(digest=addresses.digest("ilze@example.org"))
    (found,) = copied(member, "updates")
    assert list(found) == ["no_letters_wanted_since"]
    forget(member)
    assert Block.objects.count() == 1


def test_an_address_that_updates_would_not_take_stops_nothing(member: Person) -> None:
    User.objects.filter(pk=member.user_id).update(email='"ilze p"@example.org')
    member.refresh_from_db()
    assert forget(member).alias


# ── Library ──────────────────────────────────────────────────────────────────────────────────


def test_a_lesson_is_copied_and_stays_without_its_author(member: Person, office: Person) -> None:
    words = {"title": "A lesson", "seen": "Seen", "differently": "Otherwise", "takeaway": "Take it"}
    lesson = draft_lesson(**words, author=member, centre=None, reference="", by=factories.viewer(office))
    (found,) = copied(member, "lessons")
    assert (found["title"], found["seen"], found["identifier"]) == ("A lesson", "Seen", lesson.identifier)
    forget(member)
    lesson.refresh_from_db()
    assert (lesson.author, lesson.seen, "Ilze" in lesson.author_credit) == (None, "Seen", False)


# ── The CMS ──────────────────────────────────────────────────────────────────────────────────


def test_work_in_the_cms_is_copied_and_stays_under_an_empty_account(client: Client, member: Person) -> None:
    page = Page.get_first_root_node().add_child(
        instance=StandardPage(title="A page", slug="a-page", owner=member.user, locked=True, locked_by=member.user)
    )
    PageLogEntry.objects.all().delete()
    PageLogEntry.objects.log_action(instance=page, action="wagtail.edit", user=member.user)
    ModelLogEntry.objects.log_action(instance=member.user, action="wagtail.edit", user=member.user)
    PageSubscription.objects.create(user=member.user, page=page, comment_notifications=True)
    (found,) = copied(member, "cms")
    assert found["pages_that_you_began"] == ["A page"]
    assert [it["action"] for it in found["what_you_did_with_pages"]] == ["wagtail.edit"]
    departure = forget(member)
    page.refresh_from_db()
    assert (page.owner, page.locked, page.locked_by) == (member.user, False, None)
    assert PageSubscription.objects.count() == 0
    assert list(ModelLogEntry.objects.values_list("label", flat=True)) == [departure.alias]
    assert PageLogEntry.objects.filter(user_id=member.user_id).count() == 1


# ── Lost devices ─────────────────────────────────────────────────────────────────────────────


def test_a_lost_device_is_copied_without_who_helped_and_their_notes(member: Person, office: Person) -> None:
    ncp = factories.person("Līga Modele", "LV", roles=[("ncp", "country:LV")])
    asked = recovery.ask(user=member.user, way=Recovery.Way.PASSWORD, what=Recovery.What.LOST)
    assert asked is not None
    recovery.confirm(recovery=asked, by=factories.viewer(ncp), method=Recovery.Method.CALLED)
    Recovery.objects.update(note="She sounded tired.")
    (found,) = copied(member, "lost_devices")
    text = json.dumps(found)
    assert found["what"] == "I cannot find it"
    assert not any(secret in text for secret in ("tired", "Modele", "called"))
    forget(member)
    row = Recovery.objects.get()
    assert (row.note, row.confirmed_by) == ("Forgotten", ncp)

"""A wish to be forgotten, from asking to the answer."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.access import clock
from portal.community.models import Person
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.journal.models import Entry, EntryDetail
from portal.outbox.models import Mail
from portal.privacy.domain import erasures
from portal.privacy.models import Departure, Erasure
from portal.web.registries import waiting_for
from tests import factories

S = Erasure.State


def asked(member: Person, words: str = "Please, I retire.") -> Erasure:
    return erasures.ask(user=member.user, words=words, by=factories.viewer(member))


def test_owner_office_and_officer_are_told_without_a_name(member: Person, office: Person, officer: Person) -> None:
    asked(member)
    told = {mail.to_address: mail.subject + mail.body for mail in Mail.objects.all()}
    assert set(told) == {"ilze@example.org", "anna@example.org", "michal@example.org", "helene@example.org"}
    assert not any("Ilze" in told[address] for address in told if address != "ilze@example.org")


def test_asking_twice_is_asking_once(member: Person) -> None:
    assert asked(member).pk == asked(member, "Again").pk
    assert Erasure.objects.get().words == "Please, I retire."


def test_the_office_carries_it_out(member: Person, office: Person) -> None:
    by = factories.viewer(office)
    row = erasures.carry_out(erasure=erasures.look_at(erasure=asked(member), by=by), by=by)
    departure = Departure.objects.get(user=member.user)
    member.refresh_from_db()
    assert (row.state, row.words, member.name) == (S.DONE, "", departure.alias)
    (letter,) = Mail.objects.filter(to_address="ilze@example.org")
    assert (letter.kind, letter.user_id, departure.alias in letter.body) == ("privacy_erasure_done", None, True)
    verbs = Entry.objects.filter(thing_type="privacy.erasure").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["asked", "look_at", "carry_out"]
    assert EntryDetail.objects.filter(actor_name="Ilze Paraugs").count() == 0


def test_it_has_to_be_looked_at_first(member: Person, office: Person) -> None:
    with pytest.raises(IllegalTransition):
        erasures.carry_out(erasure=asked(member), by=factories.viewer(office))


@pytest.mark.parametrize("deed", ["look_at", "carry_out", "refuse"])
@pytest.mark.parametrize("who", ["owner", "member", "officer", "own wish"])
def test_nobody_but_the_office_answers_and_never_an_own_wish(
    member: Person, office: Person, officer: Person, deed: str, who: str
) -> None:
    concerned = office if who == "own wish" else member
    row = asked(concerned)
    if deed == "carry_out":
        second = Person.objects.get(name="Michał Szablonowy")
        row = erasures.look_at(erasure=row, by=factories.viewer(second))
    by = {"owner": member, "member": factories.person("Other"), "officer": officer, "own wish": office}[who]
    more = {"reason": "No"} if deed == "refuse" else {}
    with pytest.raises(NotAllowed):
        getattr(erasures, deed)(erasure=row, by=factories.viewer(by), **more)
    assert Erasure.objects.get().state == row.state


def test_a_refusal_says_why(member: Person, office: Person) -> None:
    row = asked(member)
    with pytest.raises(ConditionFailed):
        erasures.refuse(erasure=row, reason=" ", by=factories.viewer(office))
    row = erasures.refuse(erasure=row, reason="The funding rules ask for it.", by=factories.viewer(office))
    assert (row.state, row.reason) == (S.REFUSED, "The funding rules ask for it.")
    assert "The funding rules ask for it." in Mail.objects.get(kind="privacy_erasure_refused").body
    assert asked(member).pk != row.pk


def test_the_owner_takes_it_back(member: Person, office: Person) -> None:
    row = erasures.take_back(erasure=asked(member), by=factories.viewer(member))
    assert row.state == S.TAKEN_BACK
    with pytest.raises(IllegalTransition):
        erasures.look_at(erasure=row, by=factories.viewer(office))


def test_nobody_else_takes_it_back(member: Person, office: Person) -> None:
    with pytest.raises(NotAllowed):
        erasures.take_back(erasure=asked(member), by=factories.viewer(office))


def test_what_is_under_way_stands_in_the_way(office: Person) -> None:
    Person.objects.filter(name="Michał Szablonowy").update(active=False)
    factories.person("Third", roles=[("office", "")])
    second = Person.objects.get(name="Third")
    row = erasures.look_at(erasure=asked(second), by=factories.viewer(office))
    Person.objects.filter(pk=office.pk).update(active=False)
    by = factories.viewer(office)
    # The viewer was made while the role held; meanwhile the other one is the last.
    with pytest.raises((ConditionFailed, NotAllowed)):
        erasures.carry_out(erasure=row, by=by)
    assert Erasure.objects.get().state == S.LOOKED_AT


def test_it_waits_for_the_office_until_the_end_of_the_month(member: Person, office: Person) -> None:
    row = asked(member)
    (item,) = waiting_for(factories.viewer(office))
    assert (item.url, item.until) == (row.get_absolute_url(), row.answer_by)
    assert row.answer_by - row.asked_at >= dt.timedelta(days=30)
    assert "Ilze" not in item.title + item.note


def test_an_own_wish_does_not_wait_for_oneself(office: Person) -> None:
    asked(office)
    assert waiting_for(factories.viewer(office)) == []
    assert len(waiting_for(factories.viewer(Person.objects.get(name="Michał Szablonowy")))) == 1


def test_words_of_old_wishes_are_forgotten(member: Person, office: Person) -> None:
    erasures.refuse(erasure=asked(member), reason="No", by=factories.viewer(office))
    assert erasures.forget_words(before=clock.now() - dt.timedelta(days=1)) == 0
    assert erasures.forget_words(before=clock.now() + dt.timedelta(seconds=1)) == 1
    assert list(Erasure.objects.values_list("words", "reason")) == [("", "")]


def test_who_sees_a_wish(member: Person, office: Person, officer: Person) -> None:
    row = asked(member)
    seen = {
        who.name: list(Erasure.objects.visible_to(factories.viewer(who)))
        for who in (member, office, officer, factories.person("Other"))
    }
    assert seen == {"Ilze Paraugs": [row], "Anna Wzorowa": [row], "Hélène Échantillon": [row], "Other": []}

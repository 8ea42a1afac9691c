"""The one door through which every state changes."""

import threading

import pytest
from django.db import connection, transaction

from portal.access.viewer import ANONYMOUS, SYSTEM, Viewer
from portal.jobs import queue
from portal.jobs.models import Job
from portal.journal import door
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.journal.machine import Machine, Transition, may, register
from portal.journal.models import Entry, Pseudonym
from portal.journal.words import history_in_words
from portal.outbox.models import Mail
from portal.outbox.post import post_text
from tests import factories
from tests.portal.journal.models import Lamp, LampState


def written() -> tuple[int, int, int]:
    return Entry.objects.count(), Mail.objects.count(), Job.objects.filter(name="outbox.deliver").count()


def test_perform_changes_the_state_and_writes_one_row(lamp: Lamp, office: Viewer) -> None:
    fresh = door.perform(thing=lamp, verb="light", by=office, reason="It is dark", data={"lux": 3})
    assert (fresh.state, lamp.state, Lamp.objects.get().state) == ("on", "off", "on")
    entry = Entry.objects.get()
    assert (entry.verb, entry.thing_type, entry.thing_id, entry.from_state, entry.to_state) == (
        "light",
        "test_journal.lamp",
        str(lamp.pk),
        "off",
        "on",
    )
    assert entry.actor == Pseudonym.objects.get(user_id=office.user_id).key
    side = entry.detail
    assert (side.actor_name, side.reason, side.data) == ("Olga Office", "It is dark", {"lux": 3})


def test_row_names_the_person_by_a_key_only(lamp: Lamp, office: Viewer) -> None:
    door.perform(thing=lamp, verb="light", by=office, reason="Because Olga said so")
    row = Entry.objects.filter().values().get()
    assert "Olga" not in str(row)
    assert str(office.user_id) != row["actor"]
    assert len(row["actor"]) == 20


def test_perform_refuses_who_may_not(lamp: Lamp, member: Viewer) -> None:
    with pytest.raises(NotAllowed) as refusal:
        door.perform(thing=lamp, verb="light", by=member)
    assert refusal.value.problems == ["Only the office can do this. Nothing was changed."]
    assert (Lamp.objects.get().state, written()) == ("off", (0, 0, 0))


def test_perform_refuses_an_illegal_step(lamp: Lamp, office: Viewer) -> None:
    with pytest.raises(IllegalTransition) as refusal:
        door.perform(thing=lamp, verb="darken", by=office)
    assert refusal.value.problems == ["This cannot be done any more: it is now “Switched off”. Nothing was changed."]
    assert written() == (0, 0, 0)


def test_perform_names_every_condition_that_is_not_met(lamp: Lamp, office: Viewer) -> None:
    Lamp.objects.filter(pk=lamp.pk).update(has_bulb=False, has_power=False)
    with pytest.raises(ConditionFailed) as refusal:
        door.perform(thing=lamp, verb="light", by=office)
    assert refusal.value.problems == ["There is no bulb.", "There is no power."]
    assert (Lamp.objects.get().state, written()) == ("off", (0, 0, 0))


def test_perform_asks_the_database_and_not_the_object_in_hand(lamp: Lamp, office: Viewer) -> None:
    door.perform(thing=lamp, verb="light", by=office)
    assert lamp.state == "off"
    with pytest.raises(IllegalTransition, match="Switched on"):
        door.perform(thing=lamp, verb="light", by=office)
    assert Entry.objects.count() == 1


def test_effect_mail_and_job_belong_to_the_same_transaction(lamp: Lamp, office: Viewer) -> None:
    def effect(thing: Lamp) -> None:
        thing.note = "lit"
        post_text(to="a@example.org", subject="Light", body="On", kind="test", about=thing)

    with transaction.atomic():
        door.perform(thing=lamp, verb="light", by=office, effect=effect)
        assert (Lamp.objects.get().note, written()) == ("lit", (1, 1, 1))
        transaction.set_rollback(True)
    assert (Lamp.objects.get().note, Lamp.objects.get().state, written()) == ("", "off", (0, 0, 0))
    door.perform(thing=lamp, verb="light", by=office, effect=effect)
    assert (Lamp.objects.get().note, written(), queue.work_all()) == ("lit", (1, 1, 1), 1)


def test_effect_that_raises_takes_everything_back(lamp: Lamp, office: Viewer) -> None:
    def effect(thing: Lamp) -> None:
        thing.note = "lit"
        post_text(to="a@example.org", subject="Light", body="On", kind="test")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        door.perform(thing=lamp, verb="light", by=office, effect=effect)
    assert (Lamp.objects.get().state, Lamp.objects.get().note, written()) == ("off", "", (0, 0, 0))


def test_effect_may_not_set_a_state(lamp: Lamp, office: Viewer) -> None:
    with pytest.raises(RuntimeError, match="only the transition table may"):
        door.perform(thing=lamp, verb="light", by=office, effect=lambda thing: setattr(thing, "state", "broken"))
    assert Lamp.objects.get().state == "off"


def test_unknown_verb_is_a_programming_error(lamp: Lamp, office: Viewer) -> None:
    with pytest.raises(KeyError, match="no verb 'explode'"):
        door.perform(thing=lamp, verb="explode", by=office)


def test_clock_may_do_what_is_the_clocks_and_nobody_else(lamp: Lamp, office: Viewer) -> None:
    with pytest.raises(NotAllowed):
        door.perform(thing=lamp, verb="burn_out", by=office)
    door.perform(thing=lamp, verb="burn_out", by=SYSTEM)
    assert Entry.objects.get().actor == "portal"


def test_visitor_is_not_taken_for_the_portal(lamp: Lamp) -> None:
    assert door.record(thing=lamp, verb="look", by=ANONYMOUS).actor == "visitor"


def test_may_says_what_perform_would(lamp: Lamp, office: Viewer, member: Viewer) -> None:
    assert [may(lamp, verb, viewer) for verb in ("light", "darken") for viewer in (office, member)] == [
        True, False, False, False,
    ]  # fmt: skip
    lit = door.perform(thing=lamp, verb="light", by=office)
    assert [may(lit, verb, viewer) for verb in ("light", "darken") for viewer in (office, member)] == [
        False, False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("transitions", "words"),
    [
        ([("light", ("off",), "gone")], "light names the unknown state 'gone'"),
        ([("light", ("lost",), "on")], "light names the unknown state 'lost'"),
        ([("light", ("off",), "on"), ("light", ("on", "off"), "broken")], "light means two things in 'off'"),
    ],
)
def test_table_with_a_mistake_is_refused(transitions: list, words: str) -> None:
    steps = tuple(Transition(*step, who=lambda thing, viewer: True, who_words="all") for step in transitions)
    with pytest.raises(ValueError, match=words):
        register(Machine("test_journal.Lamp", LampState, "off", steps))
    with pytest.raises(ValueError, match="starts in the unknown state 'dark'"):
        register(Machine("test_journal.Lamp", LampState, "dark", ()))


def test_data_that_json_does_not_know_is_kept_as_text_and_nan_refused(lamp: Lamp, office: Viewer) -> None:
    import datetime as dt
    from decimal import Decimal

    data = {"on": dt.date(2027, 1, 1), "cost": Decimal("1.50"), "big": 1e16, "list": [2.0, 0.5]}
    entry = door.record(thing=lamp, verb="pay", by=office, data=data)
    entry.refresh_from_db()
    assert entry.detail.data == {"on": "2027-01-01", "cost": "1.50", "big": 10**16, "list": [2, 0.5]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        door.record(thing=lamp, verb="pay", by=office, data={"x": float("nan")})


@pytest.mark.parametrize("rows", [1, 3])
def test_history_in_words(lamp: Lamp, office: Viewer, member: Viewer, django_assert_num_queries, rows: int) -> None:
    thing = lamp
    for number in range(rows):
        verb, viewer = ("light", office) if number % 2 == 0 else ("darken", member)
        thing = door.perform(thing=thing, verb=verb, by=viewer, reason="Dusk" if number == 0 else "")
    with django_assert_num_queries(1):
        lines = [str(line) for line in history_in_words(lamp)]
    assert (
        lines
        == [
            "Olga Office: light, from “Switched off” to “Switched on”. Reason: Dusk",
            "Max Member: darken, from “Switched on” to “Switched off”",
            "Olga Office: light, from “Switched off” to “Switched on”",
        ][:rows]
    )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once(machine: Machine) -> None:
    office = factories.viewer(factories.person(roles=[("office", "")]))
    door.key_of(office)
    lamp = Lamp.objects.create(name="Race")
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def light() -> None:
        try:
            barrier.wait(timeout=20)
            door.perform(thing=lamp, verb="light", by=office)
            outcomes.append("done")
        except IllegalTransition:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=light) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    assert Entry.objects.count() == 1
    Lamp.objects.all().delete()

"""Sealing, verifying, erasing."""

import datetime as dt
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer
from portal.journal import chain, door, retention
from portal.journal.models import AppendOnly, Entry, EntryDetail, Pseudonym, Seal
from portal.journal.tasks import seal as seal_task
from portal.journal.words import history_in_words
from tests.portal.journal.models import Lamp

pytestmark = pytest.mark.django_db


def write(count: int, by: Viewer = SYSTEM, reason: str = "Because") -> Lamp:
    lamp = Lamp(pk=7, name="Desk")
    for number in range(count):
        door.record(thing=lamp, verb="look", by=by, reason=reason, data={"number": number})
    return lamp


def sql(statement: str, *values: object) -> None:
    """Go past Django's models, as somebody with the database's password would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("journal_verify", *arguments, stdout=out)
    return out.getvalue()


def test_rows_are_numbered_and_chained_once() -> None:
    write(3)
    assert (chain.seal(), chain.seal()) == (3, 0)
    write(2)
    assert chain.seal() == 2
    assert list(Seal.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    verdict = chain.verify()
    assert (verdict.sealed, verdict.waiting, verdict.erased, verdict.faults) == (5, 0, 0, ())


def test_seal_task_works_in_batches_until_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    write(5)
    assert chain.seal(batch=2) == 2
    seal_task()
    assert (chain.verify().sealed, chain.verify().waiting) == (5, 0)


def test_journal_seal_and_verify_commands() -> None:
    write(2)
    out = StringIO()
    call_command("journal_seal", stdout=out)
    assert out.getvalue() == "2 rows sealed.\n"
    write(1)
    first, head, last = verify().splitlines()
    assert first == "2 rows sealed, 1 waiting to be sealed, 0 with names and reasons erased."
    assert head == f"Head: 2:{Seal.objects.get(number=2).hash}"
    assert last == "The chain is whole."


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE journal_entry SET verb = 'other' WHERE id = (SELECT entry_id FROM journal_seal WHERE number = 2)",
         "row 2 was changed"),
        ("UPDATE journal_entry SET actor = 'x' WHERE id = (SELECT entry_id FROM journal_seal WHERE number = 3)",
         "row 3 was changed"),
        ("UPDATE journal_seal SET hash = 'x' WHERE number = 3", "row 3 was changed"),
        (("UPDATE journal_entrydetail SET reason = 'A' WHERE entry_id IN "
          "(SELECT entry_id FROM journal_seal WHERE number = 2)"), "the name or reason of row 2 was changed"),
        ("DELETE FROM journal_seal WHERE number = 2", "row 2 is missing before row 3"),
    ],
)  # fmt: skip
def test_what_was_changed_is_found(statement: str, fault: str) -> None:
    write(3)
    chain.seal()
    assert chain.verify().faults == ()
    sql(statement)
    assert fault in chain.verify().faults
    with pytest.raises(CommandError, match="The journal is broken"):
        verify()


def test_rows_cut_off_at_the_end_are_missed_by_who_noted_the_head() -> None:
    write(3)
    chain.seal()
    head = chain.verify().head
    write(1)
    chain.seal()
    assert "The chain is whole." in verify("--head", head)
    sql("DELETE FROM journal_seal WHERE number > 2")
    sql("DELETE FROM journal_entrydetail WHERE entry_id NOT IN (SELECT entry_id FROM journal_seal)")
    sql("DELETE FROM journal_entry WHERE id NOT IN (SELECT entry_id FROM journal_seal)")
    assert chain.verify().faults == ()
    assert chain.verify(noted=head).faults == ("row 3, noted earlier, is missing",)
    write(1)
    chain.seal()
    assert chain.verify(noted=head).faults == ("row 3 is not the one that was noted",)


@pytest.mark.parametrize("head", ["x", "3", "3:abc", ":"])
def test_head_that_is_none_is_refused(head: str) -> None:
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        verify("--head", head)


def test_rows_are_only_added() -> None:
    write(2)
    chain.seal()
    entry, seal = Entry.objects.order_by("id")[0], Seal.objects.get(number=1)
    attempts = [
        entry.save,
        entry.delete,
        seal.save,
        seal.delete,
        lambda: Entry.objects.update(verb="x"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry._base_manager.filter(pk=entry.pk).update(verb="x"),
        lambda: Entry.objects.bulk_update([entry], ["verb"]),
        lambda: Entry.objects.bulk_create([entry], update_conflicts=True, unique_fields=["id"], update_fields=["verb"]),
        lambda: Entry.objects.update_or_create(pk=entry.pk, defaults={"verb": "x"}),
        lambda: Seal.objects.update(hash="x"),
        lambda: Seal.objects.all().delete(),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnly), transaction.atomic():
            attempt()
    assert (Entry.objects.count(), Seal.objects.count(), chain.verify().faults) == (2, 2, ())


def test_old_details_are_erased_and_the_chain_holds() -> None:
    with clock.at(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)):
        lamp = write(2)
    with clock.at(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)):
        write(1)
    chain.seal()
    assert retention.erase_details(before=dt.datetime(2021, 1, 1, tzinfo=dt.UTC)) == 2
    verdict = chain.verify()
    assert (verdict.sealed, verdict.erased, verdict.faults) == (3, 2, ())
    assert EntryDetail.objects.count() == 1
    assert [line.reason for line in history_in_words(lamp)] == ["", "", "Because"]


def test_forgotten_user_leaves_neither_name_nor_key_nor_salt(office: Viewer, member: Viewer) -> None:
    lamp = write(2, by=office)
    write(1, by=member)
    chain.seal()
    from portal.accounts.models import User

    user = User.objects.get(pk=office.user_id)
    assert retention.forget(user) == 2
    assert Pseudonym.objects.filter(user=user).count() == 0
    assert [line.who for line in history_in_words(lamp)] == [
        "Somebody whose name has been erased",
        "Somebody whose name has been erased",
        "Max Member",
    ]
    assert {field.name for field in Entry._meta.concrete_fields} & {"salt", "actor_name", "reason"} == set()
    verdict = chain.verify()
    assert (verdict.erased, verdict.faults) == (2, ())
    before = set(Entry.objects.values_list("actor", flat=True))
    write(1, by=office)
    assert Entry.objects.order_by("-id")[0].actor not in before


def test_forgetting_covers_rows_about_the_profile(office: Viewer, member: Viewer) -> None:
    from portal.accounts.models import User

    lamp = write(1, by=member)
    assert retention.forget(User.objects.get(pk=office.user_id), about=[lamp]) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_make_one_chain() -> None:
    write(40)
    barrier = threading.Barrier(4)

    def work() -> None:
        try:
            barrier.wait(timeout=20)
            while chain.seal(batch=3):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = chain.verify()
    assert (verdict.sealed, verdict.waiting, verdict.faults) == (40, 0, ())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_row_committed_late_is_sealed_after_those_that_overtook_it() -> None:
    begun, go = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                door.record(thing=Lamp(pk=1), verb="slow", by=SYSTEM)
                begun.set()
                go.wait(timeout=20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(timeout=20)
    door.record(thing=Lamp(pk=1), verb="quick", by=SYSTEM)
    assert chain.seal() == 1
    go.set()
    thread.join()
    assert chain.seal() == 1
    assert list(Seal.objects.values_list("entry__verb", flat=True)) == ["quick", "slow"]
    assert chain.verify().faults == ()

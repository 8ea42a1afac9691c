"""A new e-mail address: both mailboxes agree, or nothing happens."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from portal.access import clock
from portal.access.viewer import viewer_for
from portal.accounts.domain import addresses
from portal.accounts.domain.addresses import LinkDead
from portal.accounts.models import AddressChange, User
from portal.accounts.tasks import clear_sessions
from portal.community.models import Person
from portal.journal.door import history
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import first_step

State = AddressChange.State
OLD, NEW = "maja@example.org", "maja.wzor@police.example"


def ask(member: Person, address: str = NEW) -> AddressChange:
    return addresses.ask(user=member.user, address=address, by=viewer_for(user=member.user, verified=True))


def links(template: str) -> tuple[str, str]:
    """The paths in the newest mail of a kind: to agree, to stop."""
    mail = Mail.objects.filter(kind=template).latest("created_at")
    found = re.findall(r"https?://[^/\s]+(/accounts/address/\S+)", mail.body)
    return found[0], found[1]


def tokens() -> tuple[str, str]:
    """Those of the old and the new mailbox."""
    return tuple(links(f"address_agree_{side}")[0].split("/")[-2] for side in ("old", "new"))


def letters() -> list[tuple[str, str]]:
    return sorted(Mail.objects.values_list("kind", "to_address"))


def test_asking_changes_nothing_and_writes_to_both(enrolled: Person) -> None:
    change = ask(enrolled)
    assert letters() == [("address_agree_new", NEW), ("address_agree_old", OLD)]
    assert User.objects.get(pk=enrolled.user_id).email == OLD
    assert change.live
    assert set(tokens()).isdisjoint({change.old_token, change.new_token})
    assert [entry.verb for entry in history(change)] == ["ask"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_mailboxes_agree_in_either_order(enrolled: Person, order) -> None:
    change = ask(enrolled)
    both = tokens()
    assert addresses.agree(token=both[order[0]]).state == State.ASKED
    assert addresses.agree(token=both[order[0]]).state == State.ASKED
    assert User.objects.get(pk=enrolled.user_id).email == OLD
    assert addresses.agree(token=both[order[1]]).state == State.DONE
    assert User.objects.get(pk=enrolled.user_id).email == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert letters()[2:] == [("address_changed", NEW), ("address_changed", OLD)]
    assert [entry.verb for entry in history(change)] == ["ask", "agree", "agree", "finish"]
    assert "address_changed" in [entry.verb for entry in history(enrolled.user)]


def test_sign_in_follows_the_new_address(client: Client, enrolled: Person) -> None:
    ask(enrolled)
    for token in tokens():
        addresses.agree(token=token)
    refused = first_step(client, enrolled.user)
    assert "do not belong together" in refused.content.decode()
    enrolled.user.email = NEW
    assert first_step(client, enrolled.user).url == "/accounts/second-factor/"


def test_other_sessions_end_and_the_one_at_hand_goes_on(client: Client, enrolled: Person) -> None:
    elsewhere = factories.sign_in(Client(), enrolled)
    factories.sign_in(client, enrolled)
    ask(enrolled)
    old, new = tokens()
    client.post(f"/accounts/address/{old}/")
    page = client.post(f"/accounts/address/{new}/")
    assert "Your address is changed" in page.content.decode()
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_somebody_elses_session_is_not_spared(client: Client, enrolled: Person) -> None:
    own = factories.sign_in(Client(), enrolled)
    factories.sign_in(client, factories.person("Jan Przykład"))
    ask(enrolled)
    for token in tokens():
        client.post(f"/accounts/address/{token}/")
    assert own.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_opening_a_link_does_nothing_because_scanners_do(client: Client, enrolled: Person) -> None:
    ask(enrolled)
    for side in ("old", "new"):
        for path in links(f"address_agree_{side}"):
            page = client.get(path)
            assert page.status_code == 200
            assert OLD in page.content.decode()
    change = AddressChange.objects.get()
    assert (change.state, change.old_agreed_at, change.new_agreed_at) == (State.ASKED, None, None)


def test_links_work_without_cookies(enrolled: Person) -> None:
    ask(enrolled)
    client = Client(enforce_csrf_checks=True)
    for token in tokens():
        assert client.post(f"/accounts/address/{token}/").status_code == 200
    assert AddressChange.objects.get().state == State.DONE


@pytest.mark.parametrize("side", ["old", "new"])
def test_either_mailbox_stops_it_and_the_owner_is_told(client: Client, enrolled: Person, side) -> None:
    ask(enrolled)
    agree, stop = links(f"address_agree_{side}")
    client.post(agree)
    page = client.post(stop)
    assert "The address stays as it is" in page.content.decode()
    assert AddressChange.objects.get().state == State.STOPPED
    mail = Mail.objects.get(kind="address_stopped")
    assert mail.to_address == OLD
    assert (OLD if side == "old" else NEW) in mail.body
    for path in (*links("address_agree_old"), *links("address_agree_new")):
        gone = client.post(path)
        assert gone.status_code == 410
        assert "The change was stopped." in gone.content.decode()
    assert User.objects.get(pk=enrolled.user_id).email == OLD


def test_a_link_that_is_none(client: Client, db: None) -> None:
    page = client.get("/accounts/address/abc/")
    assert page.status_code == 404
    assert "This link opens nothing" in page.content.decode()


def test_three_days_later_it_has_lapsed(client: Client, enrolled: Person) -> None:
    ask(enrolled)
    old, new = tokens()
    addresses.agree(token=old)
    with clock.at(clock.now() + dt.timedelta(days=3, seconds=1)):
        page = client.post(f"/accounts/address/{new}/")
        assert page.status_code == 410
        assert "older than three days" in page.content.decode()
        assert addresses.open_change(user=enrolled.user) is None
        clear_sessions()
    assert AddressChange.objects.get().state == State.LAPSED
    assert User.objects.get(pk=enrolled.user_id).email == OLD


def test_used_links_say_that_it_is_done(client: Client, enrolled: Person) -> None:
    ask(enrolled)
    both = tokens()
    for token in both:
        addresses.agree(token=token)
    page = client.post(f"/accounts/address/{both[0]}/")
    assert page.status_code == 410
    assert "the address is changed already" in page.content.decode()


def test_a_closed_account_changes_no_address(enrolled: Person) -> None:
    ask(enrolled)
    old, _ = tokens()
    User.objects.update(is_active=False)
    with pytest.raises(LinkDead) as dead:
        addresses.agree(token=old)
    assert dead.value.reason == "stopped"


def test_a_new_wish_stops_the_older_one(enrolled: Person) -> None:
    first = ask(enrolled)
    old, _ = tokens()
    second = ask(enrolled, "another@police.example")
    first.refresh_from_db()
    assert (first.state, second.state) == (State.STOPPED, State.ASKED)
    with pytest.raises(LinkDead):
        addresses.agree(token=old)


def test_the_sixth_wish_of_a_day_is_refused(enrolled: Person) -> None:
    for number in range(5):
        ask(enrolled, f"maja{number}@police.example")
    with pytest.raises(ConditionFailed):
        ask(enrolled)
    with clock.at(clock.now() + dt.timedelta(days=1, seconds=1)):
        assert ask(enrolled).live


@pytest.mark.parametrize("how", ["own", "second", "case"])
def test_an_address_of_somebody_else_is_told_to_its_owner_alone(client: Client, enrolled: Person, how) -> None:
    other = factories.person("Jan Przykład", email="jan@example.org")
    address = "jan@example.org"
    if how == "second":
        EmailAddress.objects.create(user=other.user, email="jan@second.example", verified=True)
        address = "jan@second.example"
    factories.sign_in(client, enrolled)
    free = client.post("/account/email/", {"email": NEW}, follow=True).content.decode()
    Mail.objects.all().delete()
    taken = client.post("/account/email/", {"email": address.upper() if how == "case" else address}, follow=True)
    assert taken.content.decode().replace(address, NEW).count(NEW) == free.count(NEW)
    assert letters() == [("address_agree_old", OLD), ("address_taken", address)]
    old, _ = links("address_agree_old")
    assert "Half of it is done" in client.post(old).content.decode()
    assert AddressChange.objects.get(state=State.ASKED).new_agreed_at is None


@pytest.mark.parametrize("how", ["own", "second"])
def test_an_address_that_was_taken_meanwhile_stays_its_owners(enrolled: Person, how) -> None:
    ask(enrolled)
    both = tokens()
    addresses.agree(token=both[0])
    other = factories.person("Jan Przykład", email=NEW if how == "own" else "")
    if how == "second":
        EmailAddress.objects.create(user=other.user, email=NEW, verified=True)
    assert addresses.agree(token=both[1]).state == State.STOPPED
    assert User.objects.get(pk=enrolled.user_id).email == OLD


def test_nobody_else_stops_it(enrolled: Person) -> None:
    change = ask(enrolled)
    stranger = factories.viewer(factories.person("Jan Przykład", roles=[("office", "")]))
    with pytest.raises(NotAllowed):
        addresses.stop_change(change=change, by=stranger)
    addresses.stop_change(change=change, by=viewer_for(user=enrolled.user, verified=True))
    with pytest.raises(IllegalTransition):
        addresses.stop_change(change=change, by=viewer_for(user=enrolled.user, verified=True))


# ── The page ─────────────────────────────────────────────────────────────────────────────────


def test_page_asks_shows_what_waits_and_stops(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert "Waiting for both mailboxes" not in client.get("/account/email/").content.decode()
    page = client.post("/account/email/", {"email": NEW.upper()}, follow=True)
    assert "We have written to both addresses." in page.content.decode()
    assert "Waiting for both mailboxes" in page.content.decode()
    assert f"{NEW} waits for both mailboxes" in client.get("/account/").content.decode()
    for _ in range(2):
        stopped = client.post("/account/email/stop/", follow=True)
        assert "Your address stays as it is." in stopped.content.decode()
    assert AddressChange.objects.get().state == State.STOPPED


def test_asking_wants_a_fresh_second_factor_and_keeps_what_was_typed(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled, fresh=False)
    assert client.get("/account/email/").status_code == 200
    page = client.post("/account/email/", {"email": NEW})
    assert NEW in page.content.decode()
    assert not AddressChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Fill in"),
        ("maja at example", "This is not an e-mail address."),
        (OLD.upper(), "This is the address that you have already."),
    ],
)
def test_an_address_that_will_not_do(client: Client, enrolled: Person, typed, said) -> None:
    factories.sign_in(client, enrolled)
    assert said in client.post("/account/email/", {"email": typed}).content.decode()
    assert not AddressChange.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_pages_are_not_for_visitors(client: Client, db: None, method) -> None:
    assert getattr(client, method)("/account/email/").status_code in {302, 401}
    assert getattr(client, method)("/account/email/stop/").status_code in {302, 405}


# ── By hand ──────────────────────────────────────────────────────────────────────────────────


def by_hand(old: str = OLD, new: str = NEW, reason: str = "Karin called her on Tuesday") -> None:
    call_command("change_address", old, new, reason=reason, stdout=StringIO())


def test_an_operator_changes_it_where_the_old_mailbox_is_dead(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    change = ask(enrolled)
    Mail.objects.all().delete()
    by_hand(new=NEW.upper())
    assert User.objects.get(pk=enrolled.user_id).email == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert letters() == [("address_changed", NEW), ("address_changed", OLD)]
    assert client.get("/account/").status_code == 302
    change.refresh_from_db()
    assert change.state == State.STOPPED
    entry = history(enrolled.user).get(verb="address_changed_by_hand")
    assert entry.detail.reason == "Karin called her on Tuesday"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"old": "nobody@example.org"}, "There is no account"),
        ({"new": "no address"}, "is not an e-mail address"),
        ({"new": OLD}, "belongs to an account already"),
        ({"new": "jan@example.org"}, "belongs to an account already"),
        ({"reason": " "}, "Say who"),
    ],
)
def test_an_operator_is_refused(enrolled: Person, given, said) -> None:
    factories.person("Jan Przykład", email="jan@example.org")
    with pytest.raises(CommandError, match=said):
        by_hand(**given)
    assert User.objects.get(pk=enrolled.user_id).email == OLD
    assert not Mail.objects.exists()


def test_a_second_address_stays_and_the_old_one_goes(enrolled: Person) -> None:
    EmailAddress.objects.create(user=enrolled.user, email="maja@second.example", verified=True)
    ask(enrolled)
    for token in tokens():
        addresses.agree(token=token)
    assert sorted(EmailAddress.objects.values_list("email", "primary")) == [(NEW, True), ("maja@second.example", False)]
    assert sorted(Mail.objects.filter(kind="address_changed").values_list("to_address", flat=True)) == sorted(
        [OLD, NEW, "maja@second.example"]
    )

"""From the form to the last letter, as a visitor walks it."""

import datetime as dt
import time

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from portal.access import clock
from portal.journal.models import Entry
from portal.outbox.models import Mail
from portal.updates.domain import addresses, sending, subscriptions, tokens
from portal.updates.domain.tokens import Purpose
from portal.updates.models import Ask, Block, Subscriber
from tests import content
from tests.portal.updates.conftest import ask, letters, path_in, subscribe

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_address_is_confirmed_by_a_click_on_a_button_and_not_by_opening_the_link(client: Client) -> None:
    answer = ask(client, "Jan@example.org", ("news", "results"))
    assert (answer.status_code, answer.url) == (302, "/updates/look-into-your-mailbox/")
    assert "Look into your mailbox" in client.get(answer.url).content.decode()
    (letter,) = letters()
    assert (letter.to, letter.subject) == (["Jan@example.org"], "Please confirm your address")
    assert "- News of the community\n- New public results in the library\n" in letter.body
    path = path_in(letter, "confirm")
    assert "One click more" in client.get(path).content.decode()
    assert client.head(path).status_code == 200
    assert not Subscriber.objects.confirmed().exists()

    assert client.post(path, follow=True).redirect_chain == [(path, 302)]
    subscriber = Subscriber.objects.confirmed().get()
    assert (subscriber.address, subscriber.topics) == ("Jan@example.org", ["news", "results"])
    page = client.get(path).content.decode()
    assert "Your address is confirmed" in page
    assert tokens.path_of(purpose=Purpose.MANAGE, digest=subscriber.digest) in page


def test_no_page_of_the_way_sets_a_cookie(client: Client) -> None:
    ask(client)
    (letter,) = letters()
    for path in ("/updates/", "/updates/look-into-your-mailbox/", path_in(letter, "confirm")):
        client.get(path)
    client.post(path_in(letter, "confirm"), follow=True)
    subscriber = Subscriber.objects.get()
    manage = tokens.path_of(purpose=Purpose.MANAGE, digest=subscriber.digest)
    client.post(manage, {"topics": ["calls"]}, follow=True)
    client.post(tokens.path_of(purpose=Purpose.STOP, digest=subscriber.digest))
    assert client.cookies.output() == ""


def test_form_page_asks_the_database_for_nothing(client: Client, django_assert_num_queries) -> None:
    client.get("/updates/")
    with django_assert_num_queries(0):
        page = client.get("/updates/").content.decode()
    assert ('name="address"' in page, "checked" in page.split("</form>")[0]) == (True, False)


def test_pages_of_the_way_speak_the_language_of_their_address(client: Client) -> None:
    content.home()
    answer = client.post("/de/updates/", {"address": "jan@example.org", "topics": ["news"]})
    assert (answer.status_code, answer.url) == (302, "/de/updates/look-into-your-mailbox/")
    (letter,) = letters()
    assert path_in(letter, "confirm").startswith("/updates/confirm/")


def test_form_page_may_be_cached_and_pages_with_a_secret_may_not(client: Client) -> None:
    assert client.get("/updates/")["Cache-Control"].startswith("public")
    manage = tokens.path_of(purpose=Purpose.MANAGE, digest=subscribe().digest)
    answer = client.get(manage)
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_second_confirmation_changes_nothing(client: Client) -> None:
    ask(client)
    (letter,) = letters()
    path = path_in(letter, "confirm")
    with clock.at(clock.now()):
        client.post(path)
        first = Subscriber.objects.get().confirmed_at
    assert "Your address is confirmed" in client.post(path).content.decode()
    assert Subscriber.objects.get().confirmed_at == first
    assert Entry.objects.filter(verb="confirm").count() == 1


def test_form_sent_twice_makes_one_subscription(client: Client) -> None:
    ask(client)
    ask(client)
    first, second = letters()
    client.post(path_in(first, "confirm"))
    assert "Your address is confirmed" in client.get(path_in(second, "confirm")).content.decode()
    assert Subscriber.objects.count() == 1


def test_latest_topics_count_while_an_address_waits(client: Client) -> None:
    ask(client, topics=("news", "calls"))
    ask(client, topics=("results",))
    letter = letters()[-1]
    client.post(path_in(letter, "confirm"))
    assert Subscriber.objects.get().topics == ["results"]


def test_subscribed_address_entered_again_is_told_so_and_keeps_its_topics(client: Client) -> None:
    subscribe(topics=("news",))
    ask(client, "JAN@example.org", ("calls",))
    (letter,) = letters()
    assert letter.subject == "You get our updates already"
    page = client.get(path_in(letter, "manage")).content.decode()
    assert "They go to jan@example.org." in page
    assert Subscriber.objects.get().topics == ["news"]


def test_topics_are_changed_by_the_link_in_the_letter(client: Client) -> None:
    manage = tokens.path_of(purpose=Purpose.MANAGE, digest=subscribe(topics=("news",)).digest)
    answer = client.post(manage, {"topics": ["calls", "results"]}, follow=True)
    assert "Your topics are kept." in answer.content.decode()
    assert Subscriber.objects.get().topics == ["calls", "results"]


def test_leaving_no_topic_is_refused_and_keeps_those_there_were(client: Client) -> None:
    manage = tokens.path_of(purpose=Purpose.MANAGE, digest=subscribe(topics=("news",)).digest)
    answer = client.post(manage, {})
    assert (answer.status_code, "Choose at least one topic" in answer.content.decode()) == (400, True)
    assert Subscriber.objects.get().topics == ["news"]


# ── Stopping ─────────────────────────────────────────────────────────────────────────────────


def test_one_click_stops_without_cookies_or_redirect_and_twice_is_once() -> None:
    subscriber = subscribe()
    path = tokens.path_of(purpose=Purpose.STOP, digest=subscriber.digest)
    provider = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = provider.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, "No more updates" in answer.content.decode()) == (200, True)
        assert (answer.cookies.output(), Subscriber.objects.count()) == ("", 0)
    assert Entry.objects.filter(verb="stop").count() == 1


def test_one_click_as_multipart_stops_too() -> None:
    path = tokens.path_of(purpose=Purpose.STOP, digest=subscribe().digest)
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Subscriber.objects.count() == 0


def test_opening_the_link_to_stop_stops_nothing(client: Client) -> None:
    path = tokens.path_of(purpose=Purpose.STOP, digest=subscribe().digest)
    assert "Stop all updates?" in client.get(path).content.decode()
    assert Subscriber.objects.count() == 1


def test_link_of_an_old_letter_stops_a_later_subscription() -> None:
    path = tokens.path_of(purpose=Purpose.STOP, digest=subscribe().digest)
    Client().post(path)
    subscribe()
    Client().post(path)
    assert Subscriber.objects.count() == 0


def test_stopping_keeps_nothing_of_the_address() -> None:
    subscriber = subscribe()
    assert Mail.objects.filter(to_address="jan@example.org").exists()
    subscriptions.stop(digest=subscriber.digest)
    assert not Mail.objects.filter(to_address="jan@example.org").exists()
    assert not Ask.objects.exclude(address="").exists()
    assert (Subscriber.objects.count(), Block.objects.count()) == (0, 0)


def test_letter_that_waits_is_not_sent_after_stopping() -> None:
    subscriber = subscribe()
    ask(Client())
    # The answer is written, its letter waits for the mail server.
    subscriptions.answer(None, ask_id=Ask.objects.latest("pk").pk)
    assert Mail.objects.filter(state="waiting").count() == 1
    subscriptions.stop(digest=subscriber.digest)
    assert letters() == []


# ── Blocking ─────────────────────────────────────────────────────────────────────────────────


def test_blocked_mailbox_gets_no_letter_whoever_types_its_address(client: Client) -> None:
    ask(client)
    (letter,) = letters()
    path = path_in(letter, "block")
    assert client.get(path).status_code == 200
    assert not Block.objects.exists()
    assert "We do not write again" in client.post(path).content.decode()
    assert (Subscriber.objects.count(), Mail.objects.count()) == (0, 0)
    ask(client, "JAN@EXAMPLE.ORG")
    assert letters() == []
    assert Subscriber.objects.count() == 0


# ── Links that open nothing ──────────────────────────────────────────────────────────────────


def test_link_to_confirm_lasts_three_days(client: Client) -> None:
    with clock.at(NOON):
        ask(client)
        (letter,) = letters()
    path = path_in(letter, "confirm")
    with clock.at(NOON + 3 * DAY - dt.timedelta(seconds=1)):
        assert client.get(path).status_code == 200
    with clock.at(NOON + 3 * DAY):
        answers = [client.get(path), client.post(path)]
    assert [(a.status_code, "This link is too old" in a.content.decode()) for a in answers] == [(410, True)] * 2
    assert not Subscriber.objects.confirmed().exists()


@pytest.mark.parametrize("kind", ["confirm", "manage", "stop", "block"])
@pytest.mark.parametrize("token", ["x", "a.b", "%00", "é", "a" * 2000, "0" * 32 + ".sig", "..%2f"])
def test_garbled_link_says_that_it_opens_nothing(kind: str, token: str, client: Client) -> None:
    for answer in (client.get(f"/updates/{kind}/{token}/"), client.post(f"/updates/{kind}/{token}/")):
        assert answer.status_code == 404


def test_garbled_link_keeps_the_way_back(client: Client) -> None:
    page = client.get("/updates/manage/garbled/").content.decode()
    assert ("This link opens nothing" in page, 'href="/updates/"' in page) == (True, True)


def test_token_of_one_purpose_opens_no_other(client: Client) -> None:
    digest = subscribe().digest
    manage = tokens.token(purpose=Purpose.MANAGE, digest=digest)
    answers = [client.post(f"/updates/{kind}/{manage}/").status_code for kind in ("confirm", "stop", "block")]
    assert answers == [404, 404, 404]
    assert Subscriber.objects.count() == 1


def test_link_to_manage_after_stopping_says_that_nothing_is_kept(client: Client) -> None:
    digest = subscribe().digest
    subscriptions.stop(digest=digest)
    manage = tokens.path_of(purpose=Purpose.MANAGE, digest=digest)
    assert "No more updates" in client.get(manage).content.decode()
    assert "No more updates" in client.post(manage, {"topics": ["news"]}).content.decode()


# ── What is typed ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" jan@Example.ORG ", "jan@example.org"),
        ("jan@bücher.example", "jan@xn--bcher-kva.example"),
        ("JAN@BÜCHER.example", "JAN@xn--bcher-kva.example"),
        ("o'brien+news@example.org", "o'brien+news@example.org"),
    ],
)
def test_address_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert addresses.tidy(typed) == kept


def test_idn_address_gets_its_letter_and_is_known_again(client: Client) -> None:
    subscribe_first = ask(client, "jan@bücher.example")
    assert subscribe_first.status_code == 302
    (letter,) = letters()
    assert letter.to == ["jan@xn--bcher-kva.example"]
    assert letter.message()["To"] == "jan@xn--bcher-kva.example"
    assert addresses.digest(addresses.tidy("JAN@Bücher.example")) == Subscriber.objects.get().digest


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "jan",
        "@example.org",
        "jan@",
        "jan@example.org\nBcc: all@example.org",
        "jan\x00@example.org",
        "jan\x7f@example.org",
        '"jan\x01x"@example.org',
        '"jan"@example.org',
        "jan@exa mple.org",
        "jan@.example.org",
        f"{'a' * 250}@example.org",
        f"jan@{'ü' * 70}.example",
        "jan@\u202eexample.org",
        "a" * 100_000 + "@example.org",
        "jan@example.org, ana@example.org",
    ],
)
def test_what_is_no_address_is_refused_with_everything_kept(typed: str, client: Client) -> None:
    answer = ask(client, typed, ("calls",))
    page = answer.content.decode()
    assert (answer.status_code, 'role="alert"' in page) == (400, True)
    assert 'value="calls" id="id_topics_1" checked' in page
    assert (Ask.objects.count(), letters()) == (0, [])


def test_megabytes_for_an_address_are_refused_at_once() -> None:
    began = time.process_time()
    for typed in (f"jan@{'ü.' * 400_000}example", f"jan@{'ü' * 800_000}"):
        with pytest.raises(ValidationError, match="at most 254"):
            addresses.tidy(typed)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("topics", [(), ("weather",), ("news", "weather")])
def test_unknown_or_missing_topic_is_refused(topics: tuple[str, ...], client: Client) -> None:
    answer = ask(client, topics=topics)
    assert (answer.status_code, "Choose at least one topic" in answer.content.decode()) == (400, True)
    assert Ask.objects.count() == 0


# ── Limits ───────────────────────────────────────────────────────────────────────────────────


def test_mailbox_gets_three_letters_a_day_from_whatever_network(client: Client) -> None:
    with clock.at(NOON):
        for number in range(6):
            answer = client.post(
                "/updates/", {"address": "jan@example.org", "topics": ["news"]}, REMOTE_ADDR=f"192.0.2.{number}"
            )
            assert answer.status_code == 302
        assert len(letters()) == 3
    with clock.at(NOON + DAY):
        ask(client)
        assert len(letters()) == 1


def test_network_that_asks_too_often_is_told_to_wait(client: Client) -> None:
    answers = [ask(client, f"reader{number}@example.org") for number in range(11)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert answers[-1]["Retry-After"] == "600"
    assert Ask.objects.count() == 10
    elsewhere = client.post("/updates/", {"address": "x@example.org", "topics": ["news"]}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


# ── What is forgotten ────────────────────────────────────────────────────────────────────────


def test_unconfirmed_address_is_forgotten_after_14_days_with_its_letters(client: Client) -> None:
    with clock.at(NOON):
        subscribe("ana@example.org")
        ask(client, "jan@example.org")
        letters()
    with clock.at(NOON + 14 * DAY - dt.timedelta(seconds=1)):
        assert subscriptions.tidy_up() == 0
    assert Ask.objects.count() == 0
    with clock.at(NOON + 14 * DAY):
        assert subscriptions.tidy_up() == 1
    assert list(Subscriber.objects.values_list("address", flat=True)) == ["ana@example.org"]
    assert not Mail.objects.filter(to_address="jan@example.org").exists()


def test_address_that_asks_again_waits_anew(client: Client) -> None:
    with clock.at(NOON):
        ask(client)
        letters()
    with clock.at(NOON + 10 * DAY):
        ask(client)
        letters()
    with clock.at(NOON + 15 * DAY):
        assert subscriptions.tidy_up() == 0


def test_what_waits_for_its_job_over_a_weekend_is_answered_all_the_same(client: Client) -> None:
    for days, answers in ((3, 1), (14, 0)):
        with clock.at(NOON):
            ask(client, f"after{days}@example.org")
        with clock.at(NOON + days * DAY):
            subscriptions.tidy_up()
            assert len(letters()) == answers


def test_forgetting_is_on_the_beat(settings) -> None:
    from portal.celery import app

    app.loader.import_default_modules()
    assert settings.CELERY_BEAT_SCHEDULE["tidy-updates"]["task"] in app.tasks


def test_journal_keeps_no_address() -> None:
    subscriber = subscribe("jan@example.org")
    subscriptions.stop(digest=subscriber.digest)
    rows = Entry.objects.filter(thing_type="updates.subscriber").select_related("detail")
    assert [(row.verb, row.actor, row.detail.actor_name, row.detail.data) for row in rows.order_by("id")] == [
        ("confirm", "visitor", "", {}),
        ("stop", "visitor", "", {}),
    ]


def test_header_lines_carry_the_same_link_as_the_letter() -> None:
    headers = sending.list_headers(stop_url="https://noc.example/updates/stop/x/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<https://noc.example/updates/stop/x/>, <mailto:")
    assert mail.outbox == []

"""The office's pages."""

import pytest
from django.test import Client

from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.updates.domain import addresses, gathering, samples, subscriptions
from portal.updates.models import Block, Subscriber, Update
from tests import factories
from tests.portal.updates.conftest import ask, item, letters, subscribe

pytestmark = pytest.mark.django_db

PAGES = ("/updates/office/", "/updates/office/subscribers/")


@pytest.mark.parametrize("path", PAGES)
def test_office_pages_are_missing_for_everybody_else(path: str, client: Client) -> None:
    assert client.get(path).url == f"/accounts/login/?next={path}"
    for roles in ([], [("editor", "")], [("committee", "call:1")]):
        other = factories.sign_in(Client(), factories.person(roles=roles))
        assert other.get(path).status_code == 404
    halfway = factories.sign_in(Client(), factories.person(roles=[("office", "")]), verified=False)
    assert halfway.get(path).status_code == 302


def test_office_looks_through_leaves_out_and_sends(office: Client, offer) -> None:
    offer["news"] = [item(1, title="First <b>"), item(2)]
    subscribe()
    page = office.get("/updates/office/").content.decode()
    assert ("First &lt;b&gt;" in page, "Prepare the next update" in page) == (True, True)
    draft = office.post("/updates/office/prepare/")
    update = Update.objects.get()
    assert draft.url == f"/updates/office/{update.pk}/"
    first, second = update.items.all()
    page = office.get(draft.url).content.decode()
    assert ("One person gets it" in page, "NOC Community: First &lt;b&gt;, and 1 more" in page) == (True, True)

    office.post(f"{draft.url}leave-in/", {"item": [second.pk]})
    page = office.get(draft.url).content.decode()
    assert ("NOC Community: Thing 2" in page, f'id="item-{first.pk}" checked' in page) == (True, False)
    sent = office.post(f"{draft.url}send/", {"item": [second.pk], "shown": gathering.shown(update)}, follow=True)
    assert "On its way: 1 letter." in sent.content.decode()
    assert office.get(f"{draft.url}progress/").json() == {
        "value": 0,
        "max": None,
        "text": "Waiting for its turn.",
        "done": False,
        "location": draft.url,
    }
    (letter,) = letters()
    assert "Thing 2" in letter.body
    page = office.get(draft.url).content.decode()
    assert ("One letter, one thing told." in page, "First" in page) == (True, False)
    assert office.get(f"{draft.url}progress/").json()["done"] is True
    assert "1 thing" in office.get("/updates/office/").content.decode()


def test_ticks_that_were_not_kept_are_never_sent_unread(office: Client, offer) -> None:
    offer["news"] = [item(1), item(2)]
    subscribe()
    office.post("/updates/office/prepare/")
    update = Update.objects.get()
    first = update.items.first()
    answer = office.post(
        f"/updates/office/{update.pk}/send/", {"item": [first.pk], "shown": gathering.shown(update)}, follow=True
    )
    assert "Read the letter once more" in answer.content.decode()
    assert ([row.pk for row in gathering.told(Update.objects.get())], letters()) == ([first.pk], [])


def test_second_click_on_send_says_that_it_was_sent(office: Client, offer) -> None:
    offer["news"] = [item()]
    subscribe()
    office.post("/updates/office/prepare/")
    update = Update.objects.get()
    form = {"item": [update.items.get().pk], "shown": gathering.shown(update)}
    office.post(f"/updates/office/{update.pk}/send/", form)
    again = office.post(f"/updates/office/{update.pk}/send/", form)
    assert (again.status_code, "cannot be done any more" in again.content.decode()) == (409, True)
    assert len(letters()) == 1


@pytest.mark.parametrize("verb", ["leave-in", "discard"])
def test_sent_update_is_changed_no_more(verb: str, office: Client, offer) -> None:
    offer["news"] = [item()]
    subscribe()
    office.post("/updates/office/prepare/")
    update = Update.objects.get()
    office.post(
        f"/updates/office/{update.pk}/send/", {"item": [update.items.get().pk], "shown": gathering.shown(update)}
    )
    assert office.post(f"/updates/office/{update.pk}/{verb}/").status_code == 409
    assert [row.left_out for row in update.items.all()] == [False]


def test_draft_is_thrown_away_and_its_things_are_new_again(office: Client, offer) -> None:
    offer["news"] = [item()]
    office.post("/updates/office/prepare/")
    office.post(f"/updates/office/{Update.objects.get().pk}/discard/")
    assert not Update.objects.exists()
    assert "Thing 1" in office.get("/updates/office/").content.decode()


def test_nothing_new_is_said_kindly_and_prepared_with_409(office: Client, offer) -> None:
    assert "Nothing new" in office.get("/updates/office/").content.decode()
    assert office.post("/updates/office/prepare/").status_code == 409


def test_stopped_work_says_so_and_goes_on(office: Client, offer) -> None:
    offer["news"] = [item()]
    subscribe()
    office.post("/updates/office/prepare/")
    update = Update.objects.get()
    office.post(
        f"/updates/office/{update.pk}/send/", {"item": [update.items.get().pk], "shown": gathering.shown(update)}
    )
    Job.objects.filter(name="updates.send").update(state=JobState.FAILED)
    assert "The work stopped" in office.get(f"/updates/office/{update.pk}/").content.decode()
    office.post(f"/updates/office/{update.pk}/send-on/")
    queue.work_all()
    assert Update.objects.get().state == "sent"


# ── Lists ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_subscribers_costs_the_same_with_any_number(
    count: int, office: Client, django_assert_num_queries
) -> None:
    for number in range(count):
        subscribe(f"reader{number}@example.org", ("news", "calls"))
    office.get("/updates/office/subscribers/")
    with django_assert_num_queries(16):
        page = office.get("/updates/office/subscribers/").content.decode()
    assert page.count(">reader") == count
    assert page.count("news, calls") == count


@pytest.mark.parametrize("count", [1, 3])
def test_office_page_costs_the_same_with_any_number(
    count: int, office: Client, offer, django_assert_num_queries
) -> None:
    subscribe()
    for number in range(count):
        offer["news"] = [item(number)]
        office.post("/updates/office/prepare/")
        update = Update.objects.get(state="draft")
        office.post(
            f"/updates/office/{update.pk}/send/", {"item": [update.items.get().pk], "shown": gathering.shown(update)}
        )
        queue.work_all()
    offer["calls"] = [item(10 + number) for number in range(count)]
    office.get("/updates/office/")
    with django_assert_num_queries(19):
        page = office.get("/updates/office/").content.decode()
    assert page.count("1 thing") == count
    assert page.count('class="entry"') == count


def test_unconfirmed_addresses_are_counted_and_not_listed(office: Client) -> None:
    ask(Client(), "waits@example.org")
    letters()
    assert "waits@example.org" not in office.get("/updates/office/subscribers/").content.decode()
    assert "<dt>Not confirmed yet</dt><dd>1</dd>" in office.get("/updates/office/").content.decode()


# ── On request ───────────────────────────────────────────────────────────────────────────────


def test_office_takes_an_address_off_blocks_and_lifts(office: Client) -> None:
    subscribe("jan@example.org")

    def request(deed: str) -> str:
        form = {"address": "JAN@example.org", "deed": deed}
        return office.post("/updates/office/on-request/", form, follow=True).content.decode()

    assert "The address is forgotten. It gets no more updates." in request("stop")
    assert not Subscriber.objects.exists()
    assert "This address gets no updates." in request("stop")
    assert "forgotten and blocked" in request("block")
    assert Block.objects.get().pk == addresses.digest("jan@example.org")
    assert "blocked already" in request("block")
    assert "The block is lifted" in request("unblock")
    assert "was not blocked" in request("unblock")
    subscribe("jan@example.org")


def test_office_s_mistake_is_shown_on_its_page(office: Client) -> None:
    answer = office.post("/updates/office/on-request/", {"address": "jan"})
    page = answer.content.decode()
    assert (answer.status_code, "Write the address as name@example.org" in page) == (400, True)
    assert "Choose an answer to “What they ask for”" in page


def test_office_finds_the_page_from_what_waits(office: Client) -> None:
    assert 'href="/updates/office/"' in office.get("/waiting/").content.decode()
    other = factories.sign_in(Client(), factories.person())
    assert "/updates/office/" not in other.get("/waiting/").content.decode()


# ── Sample content ───────────────────────────────────────────────────────────────────────────


def test_sample_content_sends_nothing_and_leaves_something_to_send(office: Client, offer) -> None:
    offer["news"] = [item(number) for number in range(5)]
    offer["calls"] = [item(9)]
    lines: list[str] = []
    samples.load_updates(lines.append)
    assert lines == ["  6 addresses, 1 update"]
    update = Update.objects.get()
    assert (update.state, update.letters, [row.title for row in gathering.told(update)]) == (
        "sent",
        3,
        ["Thing 1", "Thing 2"],
    )
    assert [it.key for _, it in gathering.untold()] == ["test:0", "test:9"]
    assert letters() == []
    assert "Sample" in office.get("/updates/office/").content.decode()
    assert subscriptions.tidy_up() == 0

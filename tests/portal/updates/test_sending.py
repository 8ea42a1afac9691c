"""What goes out, to whom, and that it goes once."""

import datetime as dt
from email import message_from_string

import pytest
from django.core import mail
from django.test import Client

from library.models import DocumentPage
from portal.access import clock
from portal.access.labels import TLP, Audience
from portal.access.pages import set_page_rule
from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.outbox.models import Mail
from portal.pages.models import NewsIndexPage, NewsPage
from portal.updates.domain import gathering, sending, subscriptions
from portal.updates.models import Choice, Subscriber, Update, UpdateItem
from portal.updates.registries import Topic, add_source, offered
from tests import content, factories
from tests.portal.updates.conftest import item, letters, path_in, subscribe

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC)


@pytest.fixture
def anna():
    return factories.viewer(factories.person("Anna Wzorowa", roles=[("office", "")]))


def send(by, update: Update | None = None) -> Update:
    draft = update or gathering.prepare(by=by)
    return sending.send(update=draft, by=by, shown=gathering.shown(draft))


def readers(count: int, topics: tuple[str, ...] = ("news",)) -> list[Subscriber]:
    made = []
    for number in range(count):
        address = f"reader{number}@example.org"
        subscriber = Subscriber.objects.create(
            address=address,
            digest=subscriptions.addresses.digest(address),
            asked_at=clock.now(),
            confirmed_at=clock.now(),
        )
        subscriptions.choose(subscriber=subscriber, topics=topics)
        made.append(subscriber)
    return made


# ── The letter ───────────────────────────────────────────────────────────────────────────────


def test_each_subscriber_is_told_of_the_chosen_topics_alone(offer, anna) -> None:
    offer["news"], offer["calls"] = [item(1, text="First words.")], [item(2), item(3, is_sample=True)]
    subscribe("all@example.org", ("news", "calls", "results"))
    subscribe("calls@example.org", ("calls",))
    subscribe("results@example.org", ("results",))
    update = send(anna)
    found = {letter.to[0]: letter for letter in letters()}
    assert sorted(found) == ["all@example.org", "calls@example.org"]
    assert found["all@example.org"].subject == "NOC Community: Thing 1, and 2 more"
    assert found["calls@example.org"].subject == "NOC Community: Thing 2, and 1 more"
    assert "Thing 1" not in found["calls@example.org"].body
    body = found["all@example.org"].body
    assert "NEWS OF THE COMMUNITY\n\n- Thing 1\n  First words.\n  http" in body
    assert "/things/1/\n" in body
    assert "- Thing 3 (sample content)\n" in body
    update.refresh_from_db()
    assert (update.state, update.letters) == ("sent", 2)


def test_letter_carries_the_header_lines_of_one_click(offer, anna) -> None:
    offer["news"] = [item()]
    subscribe()
    send(anna)
    (letter,) = letters()
    head = message_from_string(letter.message().as_string())
    stop = path_in(letter, "stop")
    listed = "".join(head["List-Unsubscribe"].split())
    assert listed.startswith("<http")
    assert f"{stop}>,<mailto:" in listed
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    provider = Client(enforce_csrf_checks=True)
    assert provider.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()


def test_unconfirmed_and_late_addresses_get_nothing(offer, anna) -> None:
    offer["news"] = [item()]
    with clock.at(NOON):
        readers(1)
        Subscriber.objects.create(address="waits@example.org", digest="w" * 32, asked_at=NOON)
        update = send(anna)
    late = Subscriber.objects.create(
        address="late@example.org", digest="l" * 32, asked_at=NOON, confirmed_at=NOON + dt.timedelta(seconds=1)
    )
    subscriptions.choose(subscriber=late, topics=["news"])
    assert [letter.to for letter in letters()] == [["reader0@example.org"]]
    assert Update.objects.get(pk=update.pk).letters == 1


# ── What goes out ────────────────────────────────────────────────────────────────────────────


def _news(title: str) -> NewsPage:
    index = NewsIndexPage.objects.first() or content.home().add_child(instance=NewsIndexPage(title="News", slug="news"))
    page = NewsPage(title=title, slug=title.lower(), lead=f"What {title} says.", first_published_at=clock.now())
    return index.add_child(instance=page)


def test_members_news_and_records_never_go_out_though_public_ones_do(anna) -> None:
    _news("Open")
    hidden = _news("Hidden")
    set_page_rule(page=hidden, tlp=TLP.GREEN, audience=Audience.MEMBERS)
    draft = _news("Unfinished")
    draft.unpublish()
    public, closed = content.document("Report"), content.document("Secret")
    set_page_rule(page=closed, tlp=TLP.GREEN, audience=Audience.MEMBERS)
    DocumentPage.objects.filter(pk__in=[public.pk, closed.pk]).update(first_published_at=clock.now())
    # The one who sends may read them all; the letter asks as a visitor.
    assert NewsPage.objects.visible_to(anna).filter(pk=hidden.pk).exists()
    subscribe(topics=("news", "results"))
    send(anna)
    (letter,) = letters()
    assert ("Open" in letter.body, "What Open says." in letter.body, "Report" in letter.body) == (True, True, True)
    assert [word for word in ("Hidden", "Unfinished", "Secret") if word in letter.body + letter.subject] == []
    assert set(UpdateItem.objects.values_list("title", flat=True)) == {"Open", "Report"}


def test_news_closed_after_the_draft_stops_the_sending(anna) -> None:
    page = _news("Open")
    other = _news("Other")
    subscribe()
    draft = gathering.prepare(by=anna)
    set_page_rule(page=page, tlp=TLP.GREEN, audience=Audience.MEMBERS)
    with pytest.raises(ConditionFailed, match="“Open”: changed or no longer public"):
        send(anna, draft)
    assert Mail.objects.filter(kind="updates_letter").count() == 0
    again = gathering.prepare(by=anna)
    assert (again.pk, [row.title for row in again.items.all()]) == (draft.pk, [other.title])


def test_news_closed_after_the_click_is_not_told_any_more(anna) -> None:
    page = _news("Open")
    _news("Other")
    subscribe()
    send(anna)
    set_page_rule(page=page, tlp=TLP.GREEN, audience=Audience.MEMBERS)
    (letter,) = letters()
    assert ("Other" in letter.body, "Open" in letter.body + letter.subject) == (True, False)


def test_old_publications_are_no_news(anna) -> None:
    page = _news("Old")
    NewsPage.objects.filter(pk=page.pk).update(first_published_at=clock.now() - gathering.WINDOW)
    assert gathering.untold() == []


def test_nothing_is_told_twice(offer, anna) -> None:
    offer["news"] = [item(1), item(2)]
    readers(1)
    send(anna)
    letters()
    with pytest.raises(ConditionFailed, match="Nothing new"):
        gathering.prepare(by=anna)
    assert not Update.objects.filter(state="draft").exists()
    offer["news"].append(item(3))
    second = gathering.prepare(by=anna)
    assert [row.title for row in second.items.all()] == ["Thing 3"]


def test_what_was_left_out_goes_out_neither_now_nor_later(offer, anna) -> None:
    offer["news"] = [item(1), item(2)]
    readers(1)
    draft = gathering.prepare(by=anna)
    gathering.leave_in(update=draft, item_ids=[draft.items.get(key="test:2").pk], by=anna)
    draft = gathering.prepare(by=anna)
    send(anna, draft)
    (letter,) = letters()
    assert ("Thing 2" in letter.body, "Thing 1" in letter.body) == (True, False)
    assert gathering.untold() == []


def test_discarded_draft_leaves_its_things_new(offer, anna) -> None:
    offer["news"] = [item(1)]
    gathering.discard(update=gathering.prepare(by=anna), by=anna)
    assert [it.key for _, it in gathering.untold()] == ["test:1"]


def test_preparing_twice_gives_one_draft_brought_up_to_date(offer, anna) -> None:
    offer["news"] = [item(1), item(2)]
    first = gathering.prepare(by=anna)
    offer["news"] = [item(2, title="Thing 2, mended"), item(3)]
    second = gathering.prepare(by=anna)
    assert first.pk == second.pk
    assert [row.title for row in second.items.all()] == ["Thing 2, mended", "Thing 3"]


def test_same_thing_under_two_topics_is_told_once(offer) -> None:
    offer["news"], offer["results"] = [item(1)], [item(1)]
    assert [(topic, it.key) for topic, it in gathering.untold()] == [("news", "test:1")]


def test_sources_are_asked_as_a_visitor(offer) -> None:
    asked = []
    add_source(Topic.NEWS, lambda viewer, since: asked.append(viewer.principals) or [])
    assert offered(since=clock.now()) == []
    assert asked == [frozenset({"public"})]


def test_source_of_an_unknown_topic_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        add_source("weather", lambda viewer, since: [])


# ── Who may, and when ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("roles", [[], [("editor", "")], [("ncp", "country:PL")]])
def test_others_than_the_office_can_do_nothing(roles, offer, anna) -> None:
    offer["news"] = [item()]
    readers(1)
    other = factories.viewer(factories.person("Ola Inna", roles=roles))
    draft = gathering.prepare(by=anna)
    for deed in (
        lambda: gathering.prepare(by=other),
        lambda: gathering.leave_in(update=draft, item_ids=[], by=other),
        lambda: gathering.discard(update=draft, by=other),
        lambda: sending.send(update=draft, by=other, shown=gathering.shown(draft)),
        lambda: sending.send_on(update=draft, by=other),
        lambda: subscriptions.on_request(address="reader0@example.org", deed="stop", by=other),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert (Update.objects.get().state, Subscriber.objects.count(), letters()) == ("draft", 1, [])


def test_second_click_on_send_is_refused_and_sends_nothing_more(offer, anna) -> None:
    offer["news"] = [item()]
    readers(1)
    draft = gathering.prepare(by=anna)
    send(anna, draft)
    with pytest.raises(IllegalTransition):
        send(anna, draft)
    assert len(letters()) == 1


def test_draft_changed_by_a_colleague_is_not_sent_unseen(offer, anna) -> None:
    offer["news"] = [item(1)]
    readers(1)
    draft = gathering.prepare(by=anna)
    seen = gathering.shown(draft)
    offer["news"].append(item(2))
    gathering.prepare(by=anna)
    with pytest.raises(ConditionFailed, match="changed after you looked"):
        sending.send(update=draft, by=anna, shown=seen)
    assert Update.objects.get().state == "draft"


def test_update_without_readers_or_without_things_is_not_sent(offer, anna) -> None:
    offer["calls"] = [item()]
    readers(1, ("news",))
    draft = gathering.prepare(by=anna)
    with pytest.raises(ConditionFailed, match="Nobody has subscribed"):
        send(anna, draft)
    gathering.leave_in(update=draft, item_ids=[], by=anna)
    with pytest.raises(ConditionFailed, match="Nothing is left"):
        send(anna, draft)


# ── Once ─────────────────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    """What a worker that is killed looks like from inside: nothing after it runs, no handler catches it."""


def _kill_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    original, count = sending._write_batch, iter(range(100))

    def write(**kwargs: object) -> None:
        if next(count) == batches:
            raise Killed
        original(**kwargs)

    monkeypatch.setattr(sending, "_write_batch", write)


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_killed_worker_sends_nobody_two_letters(batches: int, offer, anna, monkeypatch) -> None:
    offer["news"] = [item()]
    readers(5)
    monkeypatch.setattr(sending, "BATCH", 2)
    update = send(anna)
    with monkeypatch.context() as patch:
        _kill_after(patch, batches)
        with pytest.raises(Killed):
            queue.work(update.job_id)
    assert Mail.objects.filter(kind="updates_letter").count() == 2 * batches
    assert Update.objects.get().state == "sending"
    # The lease runs out, the sweep hands the job to another worker.
    Job.objects.filter(pk=update.job_id).update(leased_until=clock.machine_now() - dt.timedelta(seconds=1))
    assert queue.work(update.job_id) is True
    queue.work_all()
    assert sorted(letter.to[0] for letter in mail.outbox) == [f"reader{number}@example.org" for number in range(5)]
    assert (Update.objects.get().state, Update.objects.get().letters) == ("sent", 5)


def test_worker_that_lost_its_lease_takes_its_batch_back(offer, anna) -> None:
    offer["news"] = [item()]
    readers(2)
    update = send(anna)
    slow = queue.RunningJob(queue.take(update.job_id), dt.timedelta(seconds=120))
    Job.objects.filter(pk=update.job_id).update(leased_until=clock.machine_now() - dt.timedelta(seconds=1))
    assert queue.take(update.job_id) is not None
    with pytest.raises(queue.LeaseLost):
        sending.write_letters(slow, update_id=update.pk)
    assert Mail.objects.filter(kind="updates_letter").count() == 0


def test_job_run_again_after_its_end_writes_nothing(offer, anna) -> None:
    offer["news"] = [item()]
    readers(1)
    update = send(anna)
    assert len(letters()) == 1
    queue.enqueue(sending.SEND, update_id=update.pk)
    assert letters() == []


def test_somebody_who_stops_before_their_batch_gets_no_letter(offer, anna) -> None:
    offer["news"] = [item()]
    first, second = readers(2)
    send(anna)
    subscriptions.stop(digest=first.digest)
    assert [letter.to for letter in letters()] == [[second.address]]


def test_given_up_work_goes_on_at_the_office_s_word(offer, anna) -> None:
    offer["news"] = [item()]
    readers(1)
    update = send(anna)
    Job.objects.filter(pk=update.job_id).update(state=JobState.FAILED)
    assert letters() == []
    sending.send_on(update=update, by=anna)
    assert len(letters()) == 1


def test_letters_cost_the_same_queries_for_each_reader(offer, anna, django_assert_max_num_queries) -> None:
    offer["news"] = [item()]
    readers(10)
    update = send(anna)
    with django_assert_max_num_queries(10 * 7 + 40):
        assert queue.work(update.job_id) is True
    assert Mail.objects.count() == 10


def test_states_are_changed_by_the_door_alone(offer, anna) -> None:
    from portal.journal.door import history

    offer["news"] = [item()]
    readers(1)
    update = send(anna)
    queue.work_all()
    assert [(row.verb, row.from_state, row.to_state) for row in history(update)] == [
        ("prepare", "", ""),
        ("send", "draft", "sending"),
        ("finish", "sending", "sent"),
    ]


def test_topics_kept_in_another_tab_after_stopping_bring_nothing_back() -> None:
    subscriber = subscribe("jan@example.org")
    subscriptions.choose(subscriber=subscriber, topics=["news", "calls"])
    assert subscriber.choices.count() == 2
    assert subscriptions.stop(digest=subscriber.digest)
    subscriptions.choose(subscriber=subscriber, topics=["news", "calls"])
    assert Choice.objects.count() == 0

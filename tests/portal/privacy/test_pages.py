"""The owner's page and the pages of those who watch over what is kept."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.access.viewer import SYSTEM
from portal.community.models import Person
from portal.jobs import queue
from portal.privacy.domain import copies, erasures, people
from portal.privacy.models import Departure, Erasure, RetentionLine, RetentionRun
from portal.web.registries import account_sections
from tests import factories

DATA = "/account/data/"


def asked(member: Person) -> Erasure:
    return erasures.ask(user=member.user, words="I retire.", by=factories.viewer(member))


# ── The owner's page ─────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_is_kept_and_for_how_long(client: Client, member: Person) -> None:
    page = factories.sign_in(client, member).get(DATA)
    text = page.content.decode()
    assert (page.status_code, page.templates[0].name) == (200, "privacy/data.html")
    for words in ("Profile and roles", "Letters to you", "After 365 days", "Make a copy", "Ask to be forgotten"):
        assert words in text
    assert "no-store" in page.headers["Cache-Control"]


def test_a_copy_is_asked_for_and_fetched(client: Client, member: Person) -> None:
    factories.sign_in(client, member)
    assert client.post(f"{DATA}copy/").headers["Location"] == DATA
    page = client.get(DATA)
    assert "Your copy is being made" in page.content.decode()
    progress = client.get(f"{DATA}copy/progress/").json()
    assert (progress["done"], progress["location"]) == (False, DATA)
    queue.work_all()
    assert client.get(f"{DATA}copy/progress/").json()["done"] is True
    text = client.get(DATA).content.decode()
    (archive, as_json) = copies.files_of(copies.newest(user_id=member.user_id))
    for stored in (archive, as_json):
        url = reverse("privacy:download", args=[stored.pk, stored.name])
        assert f'href="{url}"' in text
        assert client.get(url).status_code == 200


def test_a_copy_that_failed_says_so_and_can_be_asked_for_again(client: Client, member: Person) -> None:
    factories.sign_in(client, member)
    client.post(f"{DATA}copy/")
    from portal.jobs.models import Job

    Job.objects.filter(name=copies.MAKE).update(state="failed")
    assert "could not be made" in client.get(DATA).content.decode()
    client.post(f"{DATA}copy/")
    queue.work_all()
    assert copies.newest(user_id=member.user_id).ready_at is not None


@pytest.mark.parametrize("path", ["copy/", "forget-me/"])
def test_asking_asks_for_a_fresh_second_factor(client: Client, member: Person, path: str) -> None:
    factories.sign_in(client, member, fresh=False)
    page = client.post(f"{DATA}{path}", {"words": "My last words here", "sure": "on"})
    assert "accounts/step_up.html" in [template.name for template in page.templates]
    assert Erasure.objects.count() == 0
    assert copies.newest(user_id=member.user_id) is None


def test_the_wish_needs_a_tick_and_keeps_what_was_typed(client: Client, member: Person) -> None:
    factories.sign_in(client, member)
    page = client.post(f"{DATA}forget-me/", {"words": "I retire in June."})
    assert page.status_code == 400
    assert "I retire in June." in page.content.decode()
    assert Erasure.objects.count() == 0


def test_the_wish_stands_on_the_page_and_is_taken_back(client: Client, member: Person) -> None:
    factories.sign_in(client, member)
    client.post(f"{DATA}forget-me/", {"words": "I retire.", "sure": "on"})
    assert "Your wish is with the programme office" in client.get(DATA).content.decode()
    assert client.post(f"{DATA}keep-me/").headers["Location"] == DATA
    assert Erasure.objects.get().state == Erasure.State.TAKEN_BACK
    assert client.post(f"{DATA}keep-me/").status_code == 404


def test_a_refusal_stands_on_the_page(client: Client, member: Person, office: Person) -> None:
    erasures.refuse(erasure=asked(member), reason="The funding rules.", by=factories.viewer(office))
    assert "The funding rules." in factories.sign_in(client, member).get(DATA).content.decode()


def test_the_overview_leads_there_with_a_word(client: Client, member: Person) -> None:
    (section,) = [each for each in account_sections if each.key == "data"]
    assert (section.url_name, section.order) == ("privacy:data", 70)
    asked(member)
    assert "You asked to be forgotten." in factories.sign_in(client, member).get("/account/").content.decode()


def test_a_page_with_much_on_it_asks_no_more_queries(
    client: Client, member: Person, django_assert_max_num_queries
) -> None:
    factories.sign_in(client, member)
    client.post(f"{DATA}copy/")
    queue.work_all()
    asked(member)
    client.get(DATA)
    with django_assert_max_num_queries(25):
        client.get(DATA)


# ── The watchers' pages ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["office", "officer"])
def test_office_and_officer_read_the_log(
    client: Client, member: Person, office: Person, officer: Person, who: str
) -> None:
    wish = asked(member)
    people.close(user=factories.person("Gone Long Ago").user, by=SYSTEM)
    run = RetentionRun.objects.create()
    RetentionLine.objects.create(run=run, rule="mail", days=365, before=run.began_at, count=7, problem="Said why.")
    RetentionLine.objects.create(run=run, rule="unknown", days=1, before=run.began_at, count=3)
    page = factories.sign_in(client, {"office": office, "officer": officer}[who]).get("/office/retention/")
    text = page.content.decode()
    for words in ("Letters 7", "unknown 3", "Letters: Said why.", "NOC_KEEP_FORMER_DAYS", wish.get_absolute_url()):
        assert words in text
    assert not any(name in text for name in ("Ilze", "Gone Long Ago"))
    assert client.get(wish.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("role", ["", "editor", "auditor", "ncp"])
def test_for_everybody_else_there_is_nothing(client: Client, member: Person, office: Person, role: str) -> None:
    wish = asked(member)
    other = factories.person("Other", roles=[(role, "")] if role else ())
    factories.sign_in(client, other)
    assert client.get("/office/retention/").status_code == 404
    assert client.get(wish.get_absolute_url()).status_code == 404
    for deed in ("look-at", "carry-out", "refuse"):
        assert client.post(f"{wish.get_absolute_url()}{deed}/", {"reason": "No"}).status_code == 404


def test_a_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    for path in ("/office/retention/", "/office/erasures/1/", DATA):
        assert client.get(path).headers["Location"].startswith("/accounts/login/")


def test_the_officer_reads_and_does_not_answer(client: Client, member: Person, office: Person, officer: Person) -> None:
    wish = asked(member)
    text = factories.sign_in(client, officer).get(wish.get_absolute_url()).content.decode()
    assert "Ilze Paraugs" in text
    assert "I retire." in text
    assert "I look at it" not in text
    for deed in ("look-at", "carry-out", "refuse"):
        assert client.post(f"{wish.get_absolute_url()}{deed}/", {"reason": "No"}).status_code == 404
    assert Erasure.objects.get().state == Erasure.State.ASKED


def test_the_office_answers_step_by_step(client: Client, member: Person, office: Person) -> None:
    wish = asked(member)
    url = wish.get_absolute_url()
    factories.sign_in(client, office)
    assert client.post(f"{url}look-at/").headers["Location"] == url
    assert "Forget this person" in client.get(url).content.decode()
    assert client.post(f"{url}carry-out/").headers["Location"] == url
    text = client.get(url).content.decode()
    assert Departure.objects.get().alias in text
    assert "Ilze" not in text
    assert client.post(f"{url}carry-out/").status_code == 409


@pytest.mark.parametrize("deed", ["carry-out", "refuse"])
def test_the_answer_asks_for_a_fresh_second_factor(client: Client, member: Person, office: Person, deed: str) -> None:
    wish = erasures.look_at(erasure=asked(member), by=factories.viewer(office))
    factories.sign_in(client, office, fresh=False)
    page = client.post(f"{wish.get_absolute_url()}{deed}/", {"reason": "A long reason."})
    assert "accounts/step_up.html" in [template.name for template in page.templates]
    assert Erasure.objects.get().state == Erasure.State.LOOKED_AT


def test_a_refusal_without_a_reason_asks_for_one(client: Client, member: Person, office: Person) -> None:
    wish = asked(member)
    page = factories.sign_in(client, office).post(f"{wish.get_absolute_url()}refuse/", {"reason": ""})
    assert page.status_code == 400
    assert Erasure.objects.get().state == Erasure.State.ASKED


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_costs_the_same_for_one_and_for_three(
    client: Client, office: Person, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        asked(factories.person(f"Member {number}"))
        people.close(user=factories.person(f"Former {number}").user, by=SYSTEM)
        run = RetentionRun.objects.create()
        RetentionLine.objects.create(run=run, rule="mail", days=365, before=run.began_at, count=number)
    factories.sign_in(client, office)
    client.get("/office/retention/")
    with django_assert_num_queries(18):
        client.get("/office/retention/")

"""The pages of somebody whose device is lost: ask, be told, stop it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import User
from portal.community.domain import recovery
from portal.community.domain.recovery_links import ask_url, stop_path
from portal.community.models import Person, Recovery
from portal.jobs import queue
from portal.jobs.models import Job
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import first_step
from tests.portal.community.lost import asked, confirmed, contact_point, mails, member, office, released

pytestmark = pytest.mark.django_db

INDEX, MAILBOX, ASK, ASKED = (
    "/lost-device/",
    "/lost-device/look-into-your-mailbox/",
    "/lost-device/ask/",
    "/lost-device/asked/",
)


def _unknown() -> None:
    pass


def _known() -> None:
    member()


def _closed() -> None:
    Person.objects.filter(pk=member().pk).update(active=False)


def _profileless() -> None:
    User.objects.create_user("piotr@example.org", factories.PASSWORD)


def _flooded() -> None:
    member()
    for _ in range(4):
        recovery.want_link(address="piotr@example.org")
    queue.work_all()


def _open() -> None:
    contact_point()
    asked(member())


STATES = {
    "unknown": _unknown,
    "known": _known,
    "closed": _closed,
    "without a profile": _profileless,
    "flooded": _flooded,
    "asked already": _open,
}


def _answer(address: str) -> tuple[object, ...]:
    with CaptureQueriesContext(connection) as made:
        answer = Client().post(INDEX, {"email": address})
    page = Client().get(answer.url)
    verbs = [query["sql"].split()[0] for query in made.captured_queries]
    return answer.status_code, answer.url, dict(answer.headers), answer.content, page.content, verbs


@pytest.mark.parametrize("prepare", STATES.values(), ids=STATES)
def test_answer_is_the_same_whatever_is_known_of_an_address(prepare: Callable[[], None]) -> None:
    prepare()
    answer = _answer("piotr@example.org")
    assert answer == _answer("never.seen@example.org")
    assert answer[:2] == (302, MAILBOX)


@pytest.mark.parametrize(
    ("prepare", "letters"),
    [(_unknown, 0), (_known, 1), (_closed, 0), (_profileless, 0), (_flooded, 0), (_open, 1)],
    ids=STATES,
)
def test_states_differ_in_the_mailbox_alone(prepare: Callable[[], None], letters: int) -> None:
    prepare()
    before = set(Mail.objects.values_list("pk", flat=True))
    Client().post(INDEX, {"email": "piotr@example.org"})
    queue.work_all()
    written = Mail.objects.exclude(pk__in=before)
    assert [(mail.kind, mail.to_address) for mail in written] == [("recovery_link", "piotr@example.org")] * letters


def test_nothing_is_kept_of_an_address_that_is_nobodys() -> None:
    Client().post(INDEX, {"email": "stranger@example.org"})
    assert [job.payload for job in Job.objects.all()] == [{"user_id": None}]


def test_network_that_asks_too_often_is_passed_over_without_a_word(client: Client) -> None:
    answers = [client.post(INDEX, {"email": f"{number}@example.org"}) for number in range(12)]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, MAILBOX)}
    assert Job.objects.count() == 10
    assert Client(REMOTE_ADDR="198.51.100.7").post(INDEX, {"email": "a@example.org"}).url == MAILBOX
    assert Job.objects.count() == 11


@pytest.mark.parametrize("typed", ["", "nobody", "a@b"])
def test_what_is_no_address_is_asked_again(client: Client, typed: str) -> None:
    page = client.post(INDEX, {"email": typed})
    assert page.status_code == 400
    assert Job.objects.count() == 0


def test_request_in_the_middle_of_a_sign_in_needs_the_right_password(client: Client) -> None:
    person, ncp = member(), contact_point()
    assert first_step(client, person.user, password="not this one either").status_code == 200
    assert client.get(ASK).url == INDEX
    assert client.post(ASK, {"what": "lost"}).url == INDEX
    assert first_step(client, person.user).url == "/accounts/second-factor/"
    assert 'href="/lost-device/ask/"' in client.get("/accounts/second-factor/").content.decode()
    page = client.get(ASK).content.decode()
    assert "piotr@example.org" in page
    assert client.post(ASK, {}).status_code == 400
    assert Recovery.objects.count() == 0
    assert client.post(ASK, {"what": "stolen"}).url == ASKED
    made = Recovery.objects.get()
    assert (made.person, made.way, made.what) == (person, "password", "stolen")
    assert mails() == [("recovery_asked", "piotr@example.org"), ("recovery_confirm", ncp.user.email)]
    assert "_auth_user_id" not in client.session


def test_request_in_a_session_without_a_second_factor(client: Client) -> None:
    person, _ = member(), contact_point()
    factories.sign_in(client, person, verified=False)
    assert client.post(ASK, {"what": "lost"}).url == ASKED
    assert Recovery.objects.get().way == "password"


def test_somebody_with_a_second_factor_needs_no_request(client: Client) -> None:
    factories.sign_in(client, member())
    assert client.post(ASK, {"what": "lost"}).url == INDEX
    assert Recovery.objects.count() == 0


def test_page_after_asking_names_nobody(client: Client) -> None:
    person, ncp, staff = member(), contact_point(), office()
    first_step(client, person.user)
    page = client.post(ASK, {"what": "lost"}, follow=True).content.decode()
    assert "Your contact point has been told" in page
    assert [name for name in (person.name, ncp.name, staff.name, "piotr@") if name in page] == []


def test_link_from_the_mailbox_asks_only_when_the_form_is_sent(client: Client) -> None:
    person, _ = member(), contact_point()
    client.post(INDEX, {"email": "piotr@example.org"})
    queue.work_all()
    (path,) = [
        line.partition("localhost:8000")[2] for line in Mail.objects.get().body.splitlines() if "/lost-device/" in line
    ]
    for _ in range(2):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert Recovery.objects.count() == 0
    # Without cookies: the secret is in the address.
    assert Client(enforce_csrf_checks=True).post(path, {"what": "broken"}).url == ASKED
    assert (Recovery.objects.get().person, Recovery.objects.get().way) == (person, "letter")
    again = client.post(path, {"what": "broken"})
    assert again.status_code == 404
    assert "This link opens nothing" in again.content.decode()


def test_fourth_request_of_a_week_is_told_whom_to_call(client: Client) -> None:
    person, ncp = member(), contact_point()
    for _ in range(3):
        recovery.refuse(recovery=asked(person), by=factories.viewer(ncp), reason="No.")
    page = client.post(ask_url(person).partition("localhost:8000")[2], {"what": "lost"})
    assert page.status_code == 409
    assert "You asked three times this week." in page.content.decode()


def test_administrator_without_a_profile_is_told_so(client: Client) -> None:
    user = User.objects.create_superuser("root@example.org", factories.PASSWORD)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.post(ASK, {"what": "lost"})
    assert page.status_code == 409
    assert "has no profile here" in page.content.decode()


def test_stop_by_the_link_takes_a_button_and_no_cookie(client: Client) -> None:
    contact_point()
    made = asked(member())
    path = stop_path(made)
    assert "Stop the request?" in client.get(path).content.decode()
    assert Recovery.objects.get().state == "asked"
    stopped = Client(enforce_csrf_checks=True).post(path)
    assert (stopped.status_code, stopped.url, Recovery.objects.get().state) == (302, path, "stopped")
    for _ in range(2):
        assert client.post(path).status_code == 302
        assert "The request is stopped" in client.get(path).content.decode()


def test_stop_page_says_how_it_stands() -> None:
    ncp, staff = contact_point(), office()
    person = member()
    made = confirmed(person, ncp)
    seen = []

    def look() -> None:
        page = Client().get(stop_path(made)).content.decode()
        seen.append(page.partition("<h1")[2].partition(">")[2].partition("<")[0])

    look()
    recovery.release(recovery=made, by=factories.viewer(staff))
    look()
    Recovery.objects.get().grant.__class__.objects.update(used_at=made.asked_at)
    look()
    Recovery.objects.update(state="refused")
    look()
    assert seen == [
        "Stop the request?",
        "Stop the new start?",
        "This cannot be stopped any more",
        "This request is over",
    ]


def test_stop_link_with_a_changed_letter_opens_nothing(client: Client) -> None:
    contact_point()
    path = stop_path(asked(member()))
    assert client.get(path).status_code == 200
    other = path.replace("/stop/1", "/stop/2") if "/stop/1" in path else path[:-3] + "x/"
    assert client.get(other).status_code == 404
    assert client.post(other).status_code == 404


def test_sign_in_of_a_released_person_leads_to_no_session(client: Client) -> None:
    person, ncp, staff = member(), contact_point(), office()
    pending = Client()
    first_step(pending, person.user)
    factories.sign_in(client, person)
    assert client.get("/waiting/").status_code == 200
    made = confirmed(person, ncp)
    assert client.get("/waiting/").status_code == 200
    recovery.release(recovery=made, by=factories.viewer(staff))
    gone = client.get("/waiting/")
    assert (gone.status_code, gone.url) == (302, "/accounts/login/?next=/waiting/")
    assert pending.post("/accounts/second-factor/", {"code": "123456"}).url == "/accounts/second-factor/none/"
    assert first_step(Client(), person.user).status_code == 200


def test_released_link_leads_to_a_new_password_and_device(client: Client) -> None:
    released(member(), contact_point(), office())
    letter = Mail.objects.get(kind="enrolment_link")
    assert letter.subject == "Set up your access again"
    (path,) = [line.partition("localhost:8000")[2] for line in letter.body.splitlines() if "/enrol/" in line]
    assert client.post(path).url == "/accounts/enrol/password/"

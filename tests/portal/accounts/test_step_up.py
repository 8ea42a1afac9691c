"""Step-up: weighty actions ask for a second factor that is not older than ten minutes."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from portal import urls as portal_urls
from portal.accounts.decorators import member_required
from portal.accounts.domain import backup_codes
from portal.accounts.models import AuthenticatorDevice
from portal.accounts.stepup import ON_POST, StepUpRequiredMixin, step_up_required
from portal.community.models import Person
from tests import factories
from tests.portal.accounts.telephone import code_of, device_of, first_step, second_step, wrong_code

PAGE = "/accounts/step-up/"


@member_required
@step_up_required
def weighty(request: HttpRequest) -> HttpResponse:
    """Answer with what arrived."""
    return HttpResponse("|".join(f"{name}={request.POST.getlist(name)}" for name in sorted(request.POST)) or "read")


@member_required
@step_up_required(on=ON_POST)
def half(request: HttpRequest) -> HttpResponse:
    """Ask when something is sent."""
    return HttpResponse("done")


class Weighty(StepUpRequiredMixin, View):
    """The same as a class."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse("read")


urlpatterns = [
    path("test/weighty/", weighty),
    path("test/half/", half),
    path("test/class/", member_required(Weighty.as_view())),
    path("test/exempt/", csrf_exempt(weighty)),
    *portal_urls.urlpatterns,
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def stale(client: Client, enrolled: Person) -> Client:
    """A session of `enrolled` whose second factor was given ten minutes ago."""
    AuthenticatorDevice.objects.update(name="Test")
    return factories.sign_in(client, enrolled, fresh=False)


def test_view_lets_a_fresh_session_through(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert client.get("/test/weighty/").content == b"read"
    assert client.get("/test/class/").content == b"read"


@pytest.mark.parametrize("address", ["/test/weighty/?a=1", "/test/class/?a=1"])
def test_view_sends_an_older_session_to_the_page_and_back(stale: Client, enrolled: Person, address: str) -> None:
    asked = stale.get(address)
    assert (asked.status_code, asked.url) == (302, f"{PAGE}?{urlencode({'next': address})}")
    page = stale.get(asked.url)
    assert "Confirm that it is you" in page.content.decode()
    before = stale.session.session_key
    done = stale.post(PAGE, {"step_up-next": address, "step_up-code": code_of(enrolled.user)})
    assert (done.status_code, done.url) == (302, address)
    assert stale.session.session_key != before
    assert stale.get(address).content == b"read"


def test_view_asks_again_after_ten_minutes(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    machine.shift(599)
    assert client.get("/test/weighty/").status_code == 200
    machine.shift(1)
    assert client.get("/test/weighty/").status_code == 302


def test_fresh_sign_in_counts(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user)
    second_step(client, code_of(enrolled.user))
    assert client.get("/test/weighty/").content == b"read"


def test_view_that_asks_on_post_may_be_read(stale: Client) -> None:
    assert stale.get("/test/half/").content == b"done"
    assert stale.head("/test/half/").status_code == 200
    assert stale.post("/test/half/").status_code == 403


def test_posted_form_is_carried_along_and_sent_on(stale: Client, enrolled: Person) -> None:
    typed = {"words": "Zażółć <b>gęślą</b>\r\njaźń", "tick": ["1", "2"], "empty": ""}
    asked = stale.post("/test/weighty/?a=1", typed)
    page = asked.content.decode()
    assert asked.status_code == 403
    assert "What you typed is kept and goes along." in page
    hidden = asked.context["hidden"]
    assert "&lt;b&gt;" in page
    data: dict[str, list[str]] = {}
    for name, value in hidden:
        data.setdefault(name, []).append(value)
    wrong = stale.post(PAGE, data | {"step_up-code": wrong_code(enrolled.user)})
    assert "That code is not right" in wrong.content.decode()
    assert wrong.context["hidden"] == hidden
    AuthenticatorDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    done = stale.post(PAGE, data | {"step_up-code": code_of(enrolled.user)})
    assert (done.status_code, done.url) == (307, "/test/weighty/?a=1")
    # A browser sends the same fields once more, the page's own among them.
    arrived = stale.post(done.url, data).content.decode()
    assert "words=['Zażółć <b>gęślą</b>\\r\\njaźń']" in arrived
    assert "tick=['1', '2']" in arrived
    assert "empty=['']" in arrived


def test_posted_passwords_and_files_are_not_carried_along(stale: Client) -> None:
    upload = SimpleUploadedFile("a.txt", b"words in a file")
    asked = stale.post("/test/weighty/", {"new_password1": "quite secret words", "name": "kept", "file": upload})
    page = asked.content.decode()
    assert "quite secret words" not in page
    assert "words in a file" not in page
    assert 'value="kept"' in page
    assert "Passwords and files do not: the page asks for them again." in page


def test_posted_form_without_a_token_is_not_carried_along(enrolled: Person) -> None:
    client = factories.sign_in(Client(enforce_csrf_checks=True), enrolled, fresh=False)
    assert client.post("/test/weighty/", {"words": "forged"}).status_code == 403
    asked = client.post("/test/exempt/", {"words": "forged"})
    assert (asked.status_code, asked.url) == (302, f"{PAGE}?next=%2Ftest%2Fexempt%2F")


def test_script_is_told_where_to_go(stale: Client) -> None:
    answer = stale.post("/test/weighty/", headers={"accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json()["location"] == f"{PAGE}?next=%2Ftest%2Fweighty%2F"


def test_page_takes_a_backup_code(stale: Client, enrolled: Person) -> None:
    codes = backup_codes.new_codes()
    backup_codes.keep(user=enrolled.user, codes=codes)
    done = stale.post(PAGE, {"step_up-next": "/test/weighty/", "step_up-backup_code": codes[0]})
    assert done.url == "/test/weighty/"
    assert stale.get("/test/weighty/").status_code == 200


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"step_up-code": "12"}, "A code has six digits"),
        ({"step_up-code": ""}, "A code has six digits"),
        ({}, "A code has six digits"),
        ({"step_up-backup_code": "12"}, "A backup code has twenty letters and digits"),
    ],
)
def test_page_says_what_is_not_right(stale: Client, enrolled: Person, data: dict[str, str], words: str) -> None:
    backup_codes.keep(user=enrolled.user, codes=backup_codes.new_codes())
    assert words in stale.post(PAGE, data).content.decode()
    assert stale.get("/test/weighty/").status_code == 302


@pytest.mark.usefixtures("machine")
def test_page_refuses_a_used_code(stale: Client, enrolled: Person) -> None:
    code = code_of(enrolled.user)
    stale.post(PAGE, {"step_up-code": code})
    other = factories.sign_in(Client(), enrolled, fresh=False)
    assert "That code was already used" in other.post(PAGE, {"step_up-code": code}).content.decode()
    assert other.get("/test/weighty/").status_code == 302


def test_page_pauses_after_a_wrong_code_like_the_sign_in(stale: Client, enrolled: Person) -> None:
    stale.post(PAGE, {"step_up-code": wrong_code(enrolled.user)})
    assert device_of(enrolled.user).throttling_failure_count == 1
    assert "Too many wrong codes" in stale.post(PAGE, {"step_up-code": code_of(enrolled.user)}).content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_page_never_leaves_the_portal(stale: Client, enrolled: Person, target: str) -> None:
    done = stale.post(PAGE, {"step_up-next": target, "step_up-again": "1", "step_up-code": code_of(enrolled.user)})
    assert done.url == "/waiting/"


def test_page_in_a_fresh_session_goes_straight_on(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert client.get(f"{PAGE}?next=/test/weighty/").url == "/test/weighty/"


def test_page_of_nobody_leads_to_the_sign_in(client: Client, db: None) -> None:
    assert client.get(f"{PAGE}?next=/x/").url == "/accounts/login/?next=/accounts/step-up/%3Fnext%3D/x/"


def test_page_before_the_second_factor_leads_there(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled, verified=False)
    assert client.get(PAGE).url.startswith("/accounts/second-factor/")


def test_step_up_of_one_person_takes_no_code_of_another(stale: Client, db: None) -> None:
    other = factories.person(email="other@example.org")
    AuthenticatorDevice.objects.create(user=other.user, name="Other")
    assert stale.post(PAGE, {"step_up-code": code_of(other.user)}).status_code == 200
    assert stale.get("/test/weighty/").status_code == 302

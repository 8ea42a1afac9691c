"""A form whose session ended: its text is shown, kept for its owner, and put back after signing in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from exchanges.models import HostOffer
from portal.access import clock
from portal.accounts import sessions
from portal.accounts.domain.kept_forms import answers
from portal.accounts.middleware import EXEMPT
from portal.accounts.models import AuthenticatorDevice, KeptForm, Session
from portal.accounts.tasks import clear_sessions
from portal.community.models import Person
from tests import factories
from tests.exchanges import factories as make
from tests.portal.accounts.telephone import code_of

FORM = "/exchanges/offers/new/"
TEXT = "You sit <beside> the shift leader for a week."


class Browser(Client):
    """A browser that knows its tokens: forms are sent with the one of the page they stood on."""

    def __init__(self, **defaults: str) -> None:
        super().__init__(enforce_csrf_checks=True, **defaults)

    def token(self, path: str) -> str:
        """Open a page and return the token of its forms."""
        return str(self.get(path).context["csrf_token"])

    def sign_in(self, member: Person, next_page: str = "/waiting/") -> HttpResponse:
        """Give both steps; returns the page one comes to."""
        token = self.token(f"/accounts/login/?next={next_page}")
        fields = {"login": member.user.email, "password": factories.PASSWORD, "next": next_page}
        self.post("/accounts/login/", {**fields, "csrfmiddlewaretoken": token})
        token = self.token("/accounts/second-factor/")
        answer = self.post("/accounts/second-factor/", {"code": code_of(member.user), "csrfmiddlewaretoken": token})
        assert answer.status_code == 302, words(answer)
        return self.get(answer.url)


def words(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def with_telephone(member: Person) -> Person:
    """Give a member an authenticator app."""
    AuthenticatorDevice.objects.create(user=member.user, name="Telephone")
    return member


def let_idle() -> None:
    """Let every session be idle for two hours."""
    Session.objects.update(last_used=clock.machine_now() - 2 * sessions.IDLE)


@pytest.fixture
def host(db: None) -> Person:
    """A host coordinator with an authenticator app, who can offer weeks for a call."""
    make.draft_call()
    make._languages()
    host = make.coordinator("FI")
    return with_telephone(host)


@pytest.fixture
def open_form(host: Person, machine) -> tuple[Browser, dict[str, str]]:
    """The form of a new offer, open in a browser and half filled in."""
    browser = Browser()
    browser.sign_in(host)
    machine.shift(60)
    page = browser.get(FORM)
    fields = dict.fromkeys(page.context["form"].fields, "")
    token = str(page.context["csrf_token"])
    return browser, {**fields, "summary": TEXT, "level_1": "C1", "csrfmiddlewaretoken": token}


def test_text_comes_back_in_the_form_after_signing_in_again(open_form, host: Person) -> None:
    browser, fields = open_form
    let_idle()
    told = browser.post(FORM, fields)
    assert told.status_code == 401
    assert "Once you have signed in again you come back to the form with your text in it." in words(told)
    assert TEXT in words(told)
    login = re.search(r'href="(/accounts/login/\?next=[^"]*)"', told.content.decode())
    assert login is not None
    assert login[1] == f"/accounts/login/?next={FORM}"
    page = browser.sign_in(host, FORM)
    assert page.request["PATH_INFO"] == FORM
    assert "What you typed is back in the form" in words(page)
    assert f">\n{TEXT}</textarea>" in words(page)
    assert re.search(r'<option value="C1"\s+selected', words(page))
    assert HostOffer.objects.count() == 0


def test_text_that_was_sent_at_last_is_forgotten(open_form, host: Person) -> None:
    browser, fields = open_form
    let_idle()
    browser.post(FORM, fields)
    page = browser.sign_in(host, FORM)
    form = page.context["form"]
    good = {
        **fields,
        "language_1": "en",
        "call": form.fields["call"].choices[0][0],
        "centre": form.fields["centre"].choices[0][0],
        "csrfmiddlewaretoken": str(page.context["csrf_token"]),
    }
    assert browser.post(FORM, {**good, "summary": ""}).status_code == 400
    assert KeptForm.objects.count() == 1
    assert browser.post(FORM, good).status_code == 302
    assert KeptForm.objects.count() == 0
    assert "What you typed" not in words(browser.get(FORM))


def test_text_is_kept_when_somebody_signed_out_in_another_tab(open_form, host: Person) -> None:
    browser, fields = open_form
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": browser.token("/waiting/")})
    assert TEXT in words(browser.post(FORM, fields))
    assert f">\n{TEXT}</textarea>" in words(browser.sign_in(host, FORM))


def test_text_is_kept_when_the_session_was_ended_from_elsewhere(open_form, host: Person) -> None:
    browser, fields = open_form
    sessions.end_all(user=host.user, reason="elsewhere")
    told = browser.post(FORM, fields)
    assert TEXT in words(told)
    assert f">\n{TEXT}</textarea>" in words(browser.sign_in(host, FORM))


def test_text_comes_back_in_another_browser_too(open_form, host: Person, machine) -> None:
    browser, fields = open_form
    let_idle()
    browser.post(FORM, fields)
    assert f">\n{TEXT}</textarea>" in words(Browser().sign_in(host, FORM))


def test_text_is_put_back_for_nobody_else(open_form, host: Person) -> None:
    browser, fields = open_form
    let_idle()
    browser.post(FORM, fields)
    other = with_telephone(make.coordinator("LV"))
    page = browser.sign_in(other, FORM)
    assert page.status_code == 200
    assert "beside" not in words(page)
    kept = KeptForm.objects.get()
    assert kept.user == host.user
    assert browser.get(f"/account/sessions/kept/{kept.pk}/").status_code == 404
    token = browser.token("/waiting/")
    assert browser.post(f"/account/sessions/kept/{kept.pk}/", {"csrfmiddlewaretoken": token}).status_code == 404
    assert KeptForm.objects.count() == 1


def test_text_from_a_tab_of_another_person_is_theirs(open_form, host: Person) -> None:
    """One person leaves a tab open, a second signs in, then the tab is sent."""
    browser, fields = open_form
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": browser.token("/waiting/")})
    other = with_telephone(make.coordinator("LV"))
    browser.sign_in(other)
    browser.post("/account/sessions/others/", fields)
    assert KeptForm.objects.get().user == host.user
    assert "beside" not in words(browser.get(FORM))


def test_text_with_a_token_of_ones_own_making_is_kept_for_nobody(open_form) -> None:
    _, fields = open_form
    let_idle()
    for token in ("", "a" * 32, "a" * 64, "é" * 64, "a" * 63):
        told = Client().post(FORM, {**fields, "csrfmiddlewaretoken": token})
        assert TEXT in words(told)
        assert "Copy what you need before you go on." in words(told)
    assert KeptForm.objects.count() == 0


def test_text_is_kept_encrypted_and_without_secrets(open_form) -> None:
    browser, fields = open_form
    let_idle()
    secrets = {"new_password": "not to be kept 1", "code": "not to be kept 2", "link_token": "not to be kept 3"}
    told = browser.post(FORM, {**fields, **secrets})
    kept = KeptForm.objects.get()
    assert "beside" not in kept.sealed
    assert answers(kept=kept)["summary"] == TEXT
    assert "not to be kept" not in str(answers(kept=kept)) + words(told)
    assert "csrfmiddlewaretoken" not in answers(kept=kept)


def test_text_is_gone_after_an_hour(open_form, host: Person, machine) -> None:
    browser, fields = open_form
    let_idle()
    browser.post(FORM, fields)
    machine.shift(59 * 60)
    clear_sessions()
    browser.sign_in(host)
    assert f">\n{TEXT}</textarea>" in words(browser.get(FORM))
    machine.shift(61)
    page = browser.get(FORM)
    assert "beside" not in words(page)
    assert "What you typed" not in words(page)
    clear_sessions()
    assert KeptForm.objects.count() == 0


def test_text_can_be_read_by_itself_and_thrown_away(open_form, host: Person) -> None:
    browser, fields = open_form
    let_idle()
    browser.post(FORM, fields)
    browser.sign_in(host, FORM)
    address = f"/account/sessions/kept/{KeptForm.objects.get().pk}/"
    page = browser.get(address)
    assert TEXT in words(page)
    assert f'href="{FORM}"' in words(page)
    gone = browser.post(address, {"csrfmiddlewaretoken": str(page.context["csrf_token"])})
    assert (gone.status_code, gone.url) == (302, FORM)
    assert KeptForm.objects.count() == 0
    assert "beside" not in words(browser.get(FORM))


def test_text_that_is_too_long_is_shown_at_least(open_form) -> None:
    browser, fields = open_form
    let_idle()
    told = browser.post(FORM, {**fields, "summary": "y" * 100_001})
    assert "y" * 100_001 in words(told)
    assert "Copy what you need before you go on." in words(told)
    assert KeptForm.objects.count() == 0


def test_no_more_than_twenty_texts_are_kept_of_one_person(open_form, host: Person) -> None:
    _, fields = open_form
    let_idle()
    for number in range(22):
        Client().post(f"/exchanges/offers/{number + 1}/edit/", fields)
    assert KeptForm.objects.count() == 20
    assert not KeptForm.objects.filter(action="/exchanges/offers/1/edit/").exists()


def test_page_without_kept_text_does_not_ask_for_any(open_form, host: Person) -> None:
    browser, fields = open_form
    with CaptureQueriesContext(connection) as queries:
        browser.get(FORM)
    assert [query["sql"] for query in queries if "accounts_keptform" in query["sql"]] == []
    let_idle()
    browser.post(FORM, fields)
    browser.sign_in(host)
    with CaptureQueriesContext(connection) as queries:
        browser.get(FORM)
    assert len([query["sql"] for query in queries if "accounts_keptform" in query["sql"]]) == 1


# ── Out of date, and without cookies ─────────────────────────────────────────────────────────


@pytest.fixture
def stale(open_form, host: Person) -> tuple[Browser, dict[str, str]]:
    """A form whose owner signed out and in again in another tab."""
    browser, fields = open_form
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": browser.token("/waiting/")})
    browser.sign_in(host)
    return browser, fields


def test_form_of_an_earlier_session_loses_no_text(stale) -> None:
    browser, fields = stale
    told = browser.post("/account/sessions/others/", fields, HTTP_REFERER=f"http://testserver{FORM}")
    assert told.status_code == 403
    assert "It was opened in another session. Nothing was changed; what you typed is kept" in words(told)
    assert TEXT in words(told)
    assert f'<a href="{FORM}">Go back to the form</a>' in words(told)
    assert f">\n{TEXT}</textarea>" in words(browser.get(FORM))


def test_form_of_an_earlier_session_is_kept_through_signing_in(open_form, host: Person) -> None:
    browser, fields = open_form
    let_idle()
    browser.get("/accounts/login/")
    browser.cookies["csrftoken"] = "b" * 32
    told = browser.post(FORM.replace("offers/new", "reviews/1"), fields, HTTP_REFERER=f"http://testserver{FORM}")
    assert TEXT in words(told)
    assert f"/accounts/login/?next={FORM}" in words(told).replace("%2F", "/")


def test_form_without_any_cookie_says_what_to_do_and_loses_no_text(open_form) -> None:
    _, fields = open_form
    told = Browser().post("/account/sessions/others/", fields)
    assert told.status_code == 403
    assert "Your browser brought no cookie" in words(told)
    assert "Let your browser accept cookies from this site" in words(told)
    assert TEXT in words(told)


def test_sign_in_without_cookies_says_what_to_do_and_repeats_nothing(db: None) -> None:
    told = Browser().post("/accounts/login/", {"login": "somebody@example.org", "password": "x" * 20})
    assert told.status_code == 403
    assert "Your browser brought no cookie" in words(told)
    assert "somebody@example.org" not in words(told)


def test_form_from_another_site_is_neither_shown_nor_kept(open_form) -> None:
    browser, fields = open_form
    for address in (FORM, "/account/sessions/others/"):
        told = browser.post(address, fields, HTTP_ORIGIN="https://evil.example")
        assert told.status_code == 403
        assert "beside" not in words(told)
    assert KeptForm.objects.count() == 0


@pytest.mark.parametrize("referrer", ["https://evil.example/x/", "//evil.example/", "javascript:alert(1)", "x", ""])
def test_way_back_never_leaves_the_portal(open_form, referrer: str) -> None:
    browser, fields = open_form
    let_idle()
    told = browser.post(FORM, fields, HTTP_REFERER=referrer)
    assert f'href="/accounts/login/?next={FORM}"' in words(told)
    assert KeptForm.objects.get().page == FORM


def test_text_typed_without_a_second_factor_comes_back_after_it(open_form, host: Person) -> None:
    browser, fields = open_form
    session = browser.session
    del session["otp_device_id"]
    session.save()
    answer = browser.post("/account/sessions/others/", fields, HTTP_REFERER=f"http://testserver{FORM}")
    assert answer.url == "/accounts/second-factor/?next=%2Fexchanges%2Foffers%2Fnew%2F"
    token = browser.token(answer.url)
    after = browser.post(answer.url, {"code": code_of(host.user, 1), "csrfmiddlewaretoken": token, "next": FORM})
    assert after.url == FORM
    assert f">\n{TEXT}</textarea>" in words(browser.get(FORM))


def test_text_of_the_editor_is_read_on_a_page_of_its_own(open_form, host: Person) -> None:
    browser, fields = open_form
    let_idle()
    told = browser.post("/admin/pages/3/edit/", fields, HTTP_REFERER="http://testserver/admin/pages/3/edit/")
    assert TEXT in words(told)
    address = f"/account/sessions/kept/{KeptForm.objects.get().pk}/"
    assert f'href="/accounts/login/?next={address}"' in words(told)
    assert TEXT in words(browser.sign_in(host, address))


def test_address_that_only_takes_forms_leads_to_the_text(open_form, host: Person) -> None:
    browser, fields = open_form
    let_idle()
    browser.post("/account/sessions/others/", fields)
    page = browser.sign_in(host, "/account/sessions/others/")
    assert (page.status_code, page.url) == (302, f"/account/sessions/kept/{KeptForm.objects.get().pk}/")


# ── Every form of the portal ─────────────────────────────────────────────────────────────────

#: Pages on which nothing is typed, or a password alone.
NO_TEXT = {"/waiting/", "/accounts/reauthenticate/"}
#: What an address may hold, by the name of its converter.
SAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": "8d2bd0f5-7d1c-4f35-9d67-0c9b6a3f6d11", "path": "x"}


def addresses(resolver: URLResolver, prefix: str = "", names: str = "") -> Iterator[str]:
    """Give every address that is not exempt, with something in place of what varies."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route, f"{names}{pattern.namespace}:" if pattern.namespace else names)
        elif isinstance(pattern, URLPattern) and f"{names}{pattern.name}" not in EXEMPT:
            plain = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "x"), route)
            if not re.search(r"[()\\^$?*|]", plain):
                yield f"/{plain}"


@pytest.mark.parametrize("end", ["idle", "signed out"])
def test_no_form_of_the_portal_loses_its_text_with_the_session(open_form, end: str) -> None:
    browser, fields = open_form
    let_idle()
    kept, lost = [], []
    key = browser.cookies["sessionid"].value
    for address in sorted(set(addresses(get_resolver()))):
        # Where Wagtail has an address too, ours stands before it.
        if resolve(address).view_name in EXEMPT or address in NO_TEXT:
            continue
        browser.cookies["sessionid"] = key
        if end == "signed out":
            del browser.cookies["sessionid"]
        answer = browser.post(address, fields)
        # Scripts get their own answer and keep the text in the page; a 404 and a 405 stand before every session.
        if answer.status_code in (404, 405) or "json" in answer.headers["Content-Type"]:
            continue
        (kept if TEXT in words(answer) else lost).append((address, answer.status_code))
    assert lost == []
    assert len(kept) > 300

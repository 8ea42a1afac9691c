"""The scripts in a browser. Every request is answered by the test itself, so no server and no database stand behind."""

import json
import re

import pytest
from django.template import engines
from playwright.sync_api import Page, Route, expect

from portal.web.assets import CSS_ROOT

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.portal.web.urls")]

SITE = "http://portal.test"
STATIC = CSS_ROOT.parent.parent
FORM = """{% extends "base.html" %}{% block main %}<div class="wrap">
<form data-autosave="/save/" data-version="3" action="/send/" method="post" novalidate>
<input type="hidden" name="csrfmiddlewaretoken" value="seal">
<label for="aim">Aim</label><textarea class="input" id="aim" name="aim">First words</textarea>
<p class="count" data-count="40" data-for="aim"><span></span></p>
<label><input type="checkbox" name="topics" value="log">One log</label>
<label><input type="checkbox" name="topics" value="press">Press</label>
{% include "components/savebar.html" %}</form></div>{% endblock %}"""
PROGRESS = """{% extends "base.html" %}{% block main %}<div class="wrap">
{% include "components/progress.html" with label="Counting" url="/progress/" %}</div>{% endblock %}"""


class Answers:
    """What the pretended server says, and what it was sent."""

    def __init__(self) -> None:
        self.pages = {}
        self.save = (200, {"saved_at": "14:02", "version": 4, "errors": {}})
        self.sent = []
        self.progress = []
        self.offline = False

    def __call__(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif path == "/save/" and self.offline:
            route.abort("internetdisconnected")
        elif path == "/save/":
            self.sent.append(_fields(route.request.post_data or ""))
            status, body = self.save
            route.fulfill(status=status, json=body)
        elif path == "/progress/":
            route.fulfill(json=self.progress.pop(0))
        elif path in self.pages:
            route.fulfill(body=self.pages[path], content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404, body="")


def _fields(body: str) -> dict:
    return dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n', body, re.DOTALL))


@pytest.fixture
def answers(ask):
    answers = Answers()
    request = ask("/form/")
    answers.pages["/form/"] = engines["django"].from_string(FORM).render({}, request)
    answers.pages["/under-way/"] = engines["django"].from_string(PROGRESS).render({}, request)
    answers.pages["/done/"] = "<h1>Done</h1>"
    return answers


@pytest.fixture
def page(browser, answers):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    mistakes = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.route(f"{SITE}/**", answers)
    yield page
    context.close()
    assert mistakes == []


def opened(page: Page) -> Page:
    page.goto(f"{SITE}/form/")
    page.wait_for_function("document.documentElement.classList.contains('js')")
    page.wait_for_load_state("networkidle")
    return page


def kept(page: Page):
    return json.loads(page.evaluate("localStorage.getItem('noc::/save/')") or "null")


def test_autosave_saves_after_a_pause_and_says_when(page, answers):
    opened(page).fill("#aim", "New words")
    expect(page.locator("[data-autosave-status]")).to_have_text("Saved 14:02")
    assert answers.sent == [{"csrfmiddlewaretoken": "seal", "aim": "New words", "version": "3"}]
    assert page.get_attribute("form[data-autosave]", "data-version") == "4"
    assert kept(page) is None


def test_autosave_keeps_the_text_here_when_the_line_is_down(page, answers):
    answers.offline = True
    opened(page).fill("#aim", "New words")
    expect(page.locator("[data-autosave-status]")).to_have_text("Kept on this deviceNot saved on the server yet")
    assert kept(page)["answers"] == {"aim": ["New words"]}
    answers.offline = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-autosave-status]")).to_have_text("Saved 14:02")
    assert kept(page) is None


@pytest.mark.parametrize("status", [401, 403])
def test_autosave_keeps_the_text_here_when_signed_out(page, answers, status):
    answers.save = (status, {})
    opened(page).fill("#aim", "New words")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Sign in in another tab")
    assert kept(page)["answers"] == {"aim": ["New words"]}


def test_autosave_says_the_servers_reason(page, answers):
    answers.save = (403, {"message": "The call closed at 23:59."})
    opened(page).fill("#aim", "New words")
    expect(page.locator("[data-autosave-status]")).to_have_text("Kept on this deviceThe call closed at 23:59.")


def test_autosave_offers_kept_text_on_the_next_visit(page, answers):
    answers.offline = True
    opened(page).fill("#aim", "New words")
    page.check("text=Press")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Kept on this device")
    answers.offline = False
    opened(page)
    expect(page.locator("#aim")).to_have_value("First words")
    page.click("text=Bring it back")
    expect(page.locator("#aim")).to_have_value("New words")
    expect(page.locator("text=Press")).to_be_checked()
    expect(page.locator("text=One log")).not_to_be_checked()
    expect(page.locator("[data-autosave-status]")).to_have_text("Saved 14:02")


def test_autosave_throws_kept_text_away_when_told(page, answers):
    answers.offline = True
    opened(page).fill("#aim", "New words")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Kept on this device")
    opened(page).click("text=Throw it away")
    assert kept(page) is None
    expect(page.locator("[data-clash]")).to_have_count(0)


CLASH = (409, {"message": "This was changed in another tab at 14:05.", "theirs": {"aim": "Theirs", "topics": ["log"]},
               "version": 9})  # fmt: skip


def test_autosave_lets_the_person_take_the_other_text(page, answers):
    answers.save = CLASH
    opened(page).fill("#aim", "New words")
    expect(page.locator("[data-clash]")).to_contain_text("This was changed in another tab at 14:05.")
    page.click("text=Take the other one")
    expect(page.locator("#aim")).to_have_value("Theirs")
    expect(page.locator("text=One log")).to_be_checked()
    assert page.get_attribute("form[data-autosave]", "data-version") == "9"
    assert kept(page) is None


def test_autosave_lets_the_person_keep_the_own_text(page, answers):
    answers.save = CLASH
    opened(page).fill("#aim", "New words")
    expect(page.locator("[data-clash]")).to_be_visible()
    answers.save = (200, {"saved_at": "14:06", "version": 10, "errors": {}})
    page.click("text=Keep mine")
    expect(page.locator("[data-autosave-status]")).to_have_text("Saved 14:06")
    assert answers.sent[-1] == {"csrfmiddlewaretoken": "seal", "aim": "New words", "version": "9"}


def test_autosave_forgets_what_a_submit_delivered(page, answers):
    opened(page)
    answers.pages["/send/"] = answers.pages["/form/"].replace('data-version="3"', 'data-version="4"')
    page.fill("#aim", "New words")
    page.click("text=Save and go on")
    page.wait_for_url("**/send/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-clash]")).to_have_count(0)
    assert kept(page) is None


def test_count_follows_the_typing_and_cuts_nothing(page):
    opened(page).fill("#aim", "x" * 45)
    expect(page.locator("[data-count] span")).to_have_text("5 characters too many")
    assert len(page.input_value("#aim")) == 45


def test_display_switch_is_remembered_at_once(page):
    opened(page).check("#scheme-dark")
    assert page.evaluate("document.cookie") == "scheme=dark"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.check("#scheme-system")
    assert page.evaluate("document.cookie") == ""


def test_progress_moves_the_bar_and_goes_on_when_done(page, answers):
    answers.progress = [
        {"value": 3, "max": 10, "text": "Three of ten", "done": False},
        {"value": 10, "max": 10, "text": "Ready", "done": True, "location": "/done/"},
    ]
    page.goto(f"{SITE}/under-way/")
    expect(page.locator("[data-progress-text]")).to_have_text("Three of ten")
    assert page.evaluate("document.querySelector('progress').value") == 3
    page.wait_for_url("**/done/")


def test_pages_work_without_scripts(browser, answers):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route(f"{SITE}/**", answers)
    page.goto(f"{SITE}/form/")
    expect(page.get_by_role("button", name="Remember this")).to_be_visible()
    expect(page.get_by_role("button", name="Save and go on")).to_be_visible()
    context.close()

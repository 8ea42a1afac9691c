"""The style guide in a browser: every component, narrow and wide, light and dark, zoomed, printed, in forced colours,
without scripts. Every request is answered by the test itself; one page is loaded for each way of looking.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from portal.web.assets import CSS_ROOT
from portal.web.views.style import style
from tests.e2e.watch import axe

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.portal.web.urls")]

SITE = "http://portal.test"
STATIC = CSS_ROOT.parent.parent
LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")
STILL = {"reduced_motion": "reduce"}
WAYS = {
    "320 light": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "390 dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "1280 light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "1280 dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    # Zoom halves what the page is told of its width and doubles each pixel.
    "1280 at 200 %": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2, "color_scheme": "light"},
    "forced colours": {"viewport": {"width": 390, "height": 844}, "forced_colors": "active", "color_scheme": "dark"},
    "no script": {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False, "color_scheme": "light"},
}


@pytest.fixture
def guide(ask, settings) -> str:
    settings.NOC_LOCAL = True
    return style(ask("/style/")).content.decode()


@pytest.fixture
def opened(browser, guide):
    """Return a function that opens the style guide in a browser of its own."""
    contexts = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif path == "/style/":
            route.fulfill(body=guide, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404, body="")

    def make(**way) -> Page:
        context = browser.new_context(**STILL | way)
        contexts.append(context)
        page = context.new_page()
        page.route(f"{SITE}/**", answer)
        page.goto(f"{SITE}/style/")
        page.evaluate("document.fonts.ready")
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize("way", WAYS)
def test_components_hold_however_one_looks(opened, way):
    page = opened(**WAYS[way])
    scripts = way != "no script"
    # The first key makes the browser show focus as it does for people with a keyboard.
    page.keyboard.press("Tab")
    assert page.evaluate(LOOK, scripts) == []
    # axe waits for timers, which do not run where scripts are off; the markup is the same.
    assert not scripts or axe(page) == []


def test_look_finds_what_it_looks_for(opened):
    page = opened(viewport={"width": 390, "height": 844})
    page.evaluate(
        """() => { document.querySelector("main").innerHTML = `<p id="wide">Wide</p><p>One</p><p id="over">Two</p>
           <button class="btn" id="low">Low</button><button class="btn" id="dark">Dark</button>`;
           Object.assign(document.querySelector("#wide").style, { marginLeft: "380px", whiteSpace: "nowrap" });
           document.querySelector("#over").style.marginTop = "-25px";
           document.querySelector("#low").style.minHeight = "20px";
           document.querySelector("#dark").style.outline = "0"; }"""
    )
    page.keyboard.press("Tab")
    found = "\n".join(page.evaluate(LOOK, True))
    for fault in ("wide", "outside the page: <p> Wide", "on each other: <p> One", "<button.btn> Low", "unseen"):
        assert fault in found


def test_paper_shows_all_that_a_screen_folds_and_nothing_to_press(opened):
    page = opened(viewport={"width": 720, "height": 1000}, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == 720
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    folded = page.locator("details.data table")
    assert folded.count() > 3
    assert [table.is_visible() for table in folded.all()] == [True] * folded.count()
    pressed = page.locator(".nav, .tools, .foot form, .btn, .textbtn, .chips, .pages ol, .savebar, .move")
    assert [element.is_visible() for element in pressed.all()] == [False] * pressed.count()


@pytest.mark.parametrize(
    ("width", "media", "folded"), [(390, "screen", True), (1280, "screen", False), (390, "print", False)]
)
def test_fold_is_closed_on_a_phone_alone(opened, width, media, folded):
    page = opened(viewport={"width": width, "height": 900})
    page.emulate_media(media=media)
    fold = page.locator("section[aria-labelledby=g-fold] details")
    assert (fold.locator("summary").is_visible(), fold.locator(".tags").is_visible()) == (folded, not folded)


def test_error_summary_is_read_in_forced_colours(opened):
    page = opened(viewport={"width": 390, "height": 844}, forced_colors="active", color_scheme="light")
    # A ground of our own under words of the system's colour would hide them behind their backplates.
    found = page.locator(".mend").first.evaluate(
        "element => [getComputedStyle(element).forcedColorAdjust, getComputedStyle(element).backgroundColor, "
        "getComputedStyle(element.querySelector('a')).color]"
    )
    assert found == ["none", "rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_forced_colours_keep_what_colour_says(opened):
    page = opened(**WAYS["forced colours"])
    colour = "element => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
    assert page.locator(".tlp--green").first.evaluate(colour) == ["rgb(51, 255, 0)", "rgb(0, 0, 0)"]
    grounds = {
        page.locator(f"main .mark{kind}").first.evaluate("element => getComputedStyle(element).background")
        for kind in (".mark--full", ".mark--half", ":not(.mark--full, .mark--half)")
    }
    assert len(grounds) == 3


def test_dialog_opens_rests_the_page_and_gives_the_focus_back(opened):
    page = opened(viewport={"width": 390, "height": 844})
    opener = page.get_by_text("Withdraw the application", exact=True)
    dialog = page.get_by_role("dialog", name="Withdraw the application?")
    opener.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Yes, withdraw it")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert opener.evaluate("element => element === document.activeElement")
    opener.click()
    dialog.get_by_role("button", name="Leave it as it is").click()
    expect(dialog).to_be_hidden()


def test_dialog_is_a_disclosure_without_a_script(opened):
    page = opened(**WAYS["no script"])
    page.get_by_text("Withdraw the application", exact=True).click()
    expect(page.get_by_role("button", name="Yes, withdraw it")).to_be_visible()
    expect(page.get_by_role("button", name="Leave it as it is")).to_have_count(0)

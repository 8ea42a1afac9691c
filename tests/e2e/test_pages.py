"""Every page of the list, by everybody who reads it: clean for axe-core in light and dark, on a phone and at a desk;
not broken in a narrow view or at 200 %; and silent, which is to say no error, no 5xx, nothing from anywhere else.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.e2e import ways
from tests.e2e.listed import Listed, pages, readings
from tests.e2e.readers import DESK, PHONE, Readers, beside
from tests.e2e.stack import Stack
from tests.e2e.watch import axe

READINGS = readings()
#: 320 px is what WCAG 1.4.10 asks for; half of 1280 px is what a desk shows at 200 % (1.4.4).
NARROW = ({"width": 320, "height": 568}, {"width": 640, "height": 450})
#: What sticks out of the page to the right; what scrolls in a box of its own does not count.
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const out = [...document.querySelectorAll("body *")].filter((node) => node.getBoundingClientRect().right > room + 1);
  return [`${document.documentElement.scrollWidth} px wide at ${room} px`, ...out.slice(0, 3).map((node) =>
    `${node.tagName.toLowerCase()}.${node.getAttribute("class") ?? ""}`)];
}"""


def opened(readers: Readers, listed: Listed, page: Page) -> int:
    """Bring `page` to what is listed; return the HTTP status, and note the request that led there."""
    requests: list[Request] = []

    def note(request: Request) -> None:
        if request.is_navigation_request():
            requests.append(request)

    page.on("request", note)
    path = listed.path.format(**readers.names)
    if listed.fresh:
        readers.freshen(listed.reader)
    page.goto(path)
    if listed.way:
        getattr(ways, listed.way)(page, path)
    page.wait_for_load_state("load")
    page.remove_listener("request", note)
    last = requests[-1]
    response = last.response()
    assert response is not None
    headers = last.all_headers()
    readers.seen[listed.name] = {
        "method": last.method,
        "url": last.url,
        "body": last.post_data or "",
        "type": headers.get("content-type", ""),
        "cookie": headers.get("cookie", ""),
        "fresh": listed.fresh,
    }
    return response.status


@pytest.mark.parametrize("listed", READINGS, ids=lambda listed: listed.name)
def test_page_is_clean_wherever_it_is_read(readers: Readers, listed: Listed) -> None:
    window = listed.name if listed.way else listed.reader
    page, watch = readers.page(window, listed.reader)
    before = len(watch.faults)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    status = opened(readers, listed, page)
    found = []
    for view in (PHONE, DESK):
        page.set_viewport_size(view)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{view['width']} {scheme} {fault}" for fault in axe(page)]
    for view in NARROW:
        page.set_viewport_size(view)  # type: ignore[arg-type]
        found += page.evaluate(WIDER)
    answer = f"{listed.status}: "
    found += [fault for fault in watch.faults[before:] if not fault.startswith(answer)]
    if listed.way:
        readers.shut(window)
    assert (status, found) == (listed.status, [])


def test_each_page_comes_from_the_template_that_the_list_names(stack: Stack, readers: Readers) -> None:
    """The requests of the walk, sent once more where one can see which template answers."""
    listed = {page.name: page for page in pages() if page.name in readers.seen}
    assert listed
    answers = beside(stack, "templates", {"requests": {name: readers.seen[name] for name in listed}})["found"]
    assert {
        name: answer
        for name, answer in answers.items()
        if answer["status"] != listed[name].status or listed[name].template not in answer["templates"]
    } == {}

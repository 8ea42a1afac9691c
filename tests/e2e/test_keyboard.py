"""By keyboard alone: Tab comes to everything that can be used, and one sees where one is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.listed import Listed, readings
from tests.e2e.readers import DESK, PHONE, Readers

WITH_KEYS = [listed for listed in readings() if listed.keys]
#: More presses than any page has stops.
MOST = 600

#: Marks what can be used by a pointer, each with a number; of a group of radio buttons, Tab comes to one.
MARK = """() => {
  const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, video[controls], [tabindex]';
  const groups = new Set();
  let count = 0;
  for (const node of document.querySelectorAll(usable)) {
    if (node.disabled || node.tabIndex < 0 || !node.checkVisibility({visibilityProperty: true})) continue;
    if (node.type === 'radio') {
      const group = [...document.getElementsByName(node.name)].filter((one) => one.form === node.form);
      const chosen = group.find((one) => one.checked);
      if (chosen ? chosen !== node : groups.has(node.name)) continue;
      groups.add(node.name);
    }
    node.dataset.stop = count++;
  }
  document.activeElement.blur();
  window.scrollTo(0, 0);
  return count;
}"""

#: What stands out about the element in focus. Its frame may be drawn by what is around it or beside it.
STOP = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const framed = (one) => {
    const style = one && getComputedStyle(one);
    return Boolean(style) && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const box = node.getBoundingClientRect();
  const inside = (x, y) => {
    const top = document.elementFromPoint(x, y);
    const own = [node, ...(node.labels ?? [])];
    return top !== null && (top.contains(node) || own.some((one) => one.contains(top)));
  };
  const boxes = [node, ...node.querySelectorAll('*')].flatMap((one) => [...one.getClientRects()]);
  return {
    stop: node.dataset.stop ?? null,
    name: `${node.tagName.toLowerCase()} ${(node.getAttribute('aria-label') ?? node.textContent).trim().slice(0, 40)}`,
    framed: [node, node.nextElementSibling, node.parentElement, node.parentElement?.parentElement].some(framed)
      || [...node.querySelectorAll('*')].some(framed),
    box: {x: box.x, y: box.y, width: box.width, height: box.height},
    seen: box.bottom > 0 && box.top < innerHeight
      && boxes.some((b) => inside(b.left + b.width / 2, Math.min(b.top + b.height / 2, innerHeight - 1))),
    scrolls: node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight,
  };
}"""


def looks_different(page: Page, box: dict[str, float]) -> bool:
    """Return whether the element in focus, at `box`, looks otherwise than without focus: a rule beneath, a fill."""
    assert page.viewport_size is not None
    left, top = max(0, box["x"] - 6), max(0, box["y"] - 6)
    clip = {
        "x": left,
        "y": top,
        "width": min(box["width"] + 12, page.viewport_size["width"] - left),
        "height": min(box["height"] + 12, page.viewport_size["height"] - top),
    }
    with_focus = page.screenshot(clip=clip, caret="hide", animations="disabled")  # type: ignore[arg-type]
    page.evaluate("() => { window.here = document.activeElement; window.here.blur(); }")
    without = page.screenshot(clip=clip, caret="hide", animations="disabled")  # type: ignore[arg-type]
    page.evaluate("() => window.here.focus({preventScroll: true, focusVisible: true})")
    return with_focus != without


@pytest.mark.parametrize("view", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("listed", WITH_KEYS, ids=lambda listed: listed.name)
def test_tab_comes_to_everything_and_shows_where_it_is(readers: Readers, listed: Listed, view: dict[str, int]) -> None:
    page, watch = readers.page(listed.reader, listed.reader)
    before = len(watch.faults)
    page.set_viewport_size(view)  # type: ignore[arg-type]
    if listed.fresh:
        readers.freshen(listed.reader)
    page.goto(listed.path.format(**readers.names))
    count = page.evaluate(MARK)
    assert count > 5
    stops: list[dict[str, Any]] = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["stop"] == stops[0]["stop"]):
            break
        stop["framed"] = stop["framed"] or looks_different(page, stop["box"])
        stops.append(stop)
    reached = {int(stop["stop"]) for stop in stops if stop["stop"] is not None}
    missed = page.evaluate(
        "stops => stops.map((stop) => document.querySelector(`[data-stop='${stop}']`)?.outerHTML.slice(0, 120))",
        sorted(set(range(count)) - reached),
    )
    assert missed == []
    assert [stop["name"] for stop in stops if not stop["framed"]] == []
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    # A box that scrolls is a stop too, so that its text can be reached.
    assert [stop["name"] for stop in stops if stop["stop"] is None and not stop["scrolls"]] == []
    assert watch.faults[before:] == []


def test_first_stop_skips_to_the_content(readers: Readers) -> None:
    page, _ = readers.page("", "")
    page.goto("/library/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("path", ["/", "/groups/operational-centres/", "/search/?q=centre"])
def test_nothing_moves_for_somebody_who_asked_for_stillness(readers: Readers, path: str) -> None:
    page, _ = readers.page("", "")
    page.emulate_media(reduced_motion="reduce")
    page.goto(path)
    moving = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('body *')].filter((node) => {
          const style = getComputedStyle(node);
          const seconds = [...style.transitionDuration.split(','), ...style.animationDuration.split(',')];
          return style.scrollBehavior === 'smooth' || seconds.some((length) => parseFloat(length) > 0.01);
        }).map((node) => node.className || node.tagName)"""
    )
    page.emulate_media(reduced_motion="no-preference")
    assert moving == []

"""The CMS side: lessons come and go by `library.domain.lessons` alone; Wagtail’s own buttons are refused for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from library.models import LessonPage

REFUSED = (
    "Nothing was changed. A lesson is published when its exchange report is accepted, and withdrawn by the programme "
    "office; Wagtail’s publish, unpublish and copy do not apply to it."
)


def _refuse(request: HttpRequest, pages: Iterable[Page]) -> HttpResponse | None:
    """Send the editor back with the reason where a lesson is among `pages`."""
    lessons = LessonPage.objects.filter(pk__in=[page.pk for page in pages])
    if not lessons.exists():
        return None
    messages.error(request, REFUSED)
    return redirect("wagtailadmin_home")


@hooks.register("before_publish_page")
@hooks.register("before_convert_alias_page")
def refuse_for_a_lesson(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse an action that touches the page alone, where it is a lesson."""
    return _refuse(request, [page])


@hooks.register("before_unpublish_page")
@hooks.register("before_copy_page")
def refuse_above_a_lesson(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse an action that takes along the pages beneath, where a lesson is among them."""
    return _refuse(request, Page.objects.descendant_of(page, inclusive=True))


@hooks.register("before_bulk_action")
def refuse_in_bulk(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    """Refuse publishing or unpublishing several pages at once where a lesson is among them."""
    if action_type not in {"publish", "unpublish"}:
        return None
    return _refuse(request, [thing for thing in objects if isinstance(thing, Page)])

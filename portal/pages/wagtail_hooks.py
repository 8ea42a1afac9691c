"""The CMS shows editors what they need, and little else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

#: Wagtail's help points away from the portal; its own guide is in `docs/`.
HIDDEN = frozenset({"help"})


@hooks.register("construct_main_menu")
def hide_what_nobody_needs(request: HttpRequest, menu_items: list[Any]) -> None:
    """Take entries out of the CMS menu."""
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN]

"""The field that holds the body of a page."""

from __future__ import annotations

from typing import Any

from wagtail.fields import StreamField

from portal.pages.blocks import BodyBlock


class BodyField(StreamField):
    """A body of blocks. Migrations know its name and not its blocks.

    The blocks are stored as JSON in one column: a new help text, icon or block changes nothing in the database. With
    Wagtail's own field each of them would be a migration in every app that has a body.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(BodyBlock(), **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Return how to make the field anew, without its blocks."""
        name, path, _, kwargs = super().deconstruct()
        kwargs.pop("block_lookup")
        return name, path, [], kwargs

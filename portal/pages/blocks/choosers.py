"""Choosing pictures and pages inside blocks."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from wagtail.blocks import PageChooserBlock
from wagtail.coreutils import resolve_model_string
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.models import Page

from portal.files.models import PortalImage
from portal.pages import registries


class PictureChooserBlock(ImageChooserBlock):
    """A picture with all its sizes: two queries, however many blocks of the page show one."""

    def bulk_to_python(self, values: Iterable[int | None]) -> list[PortalImage | None]:
        """Return the pictures of `values` in their order; one that was deleted is None."""
        keys = list(values)
        wanted = PortalImage.objects.with_renditions().filter(pk__in=[key for key in keys if key])
        found = {image.pk: image for image in wanted}
        # Each place gets an instance of its own: Wagtail writes the place's alternative text on it.
        return [copy.copy(found[key]) if key in found else None for key in keys]

    def to_python(self, value: int | None) -> PortalImage | None:
        """Return one picture."""
        return self.bulk_to_python([value])[0]


class DescribedPictureBlock(ImageBlock):
    """Wagtail's picture with alternative text, which it insists on, or the word that it is decorative."""

    def __init__(self, required: bool = True, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 - Wagtail's signature
        super().__init__(required=required, **kwargs)
        chooser = PictureChooserBlock(required=required)
        chooser.set_name("image")
        self.child_blocks["image"] = chooser


class KindChooserBlock(PageChooserBlock):
    """Chooses among the pages of one kind ("film", "document"); the areas above say which types these are.

    `portal.pages.registries.add_page_kind` takes them, because the library lies above the pages.
    """

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    # Not kept, as Wagtail's own is: an area may register after the blocks were made.
    @property
    def target_models(self) -> list[type[Page]]:  # type: ignore[override]
        """The types to choose from; every page where no area has named any."""
        return [resolve_model_string(name) for name in registries.page_types(self.kind)]

    @cached_property
    def target_model(self) -> type[Page]:
        """What values are loaded as: pages in general, in one query for all types."""
        return Page

    def clean(self, value: Any) -> Any:
        """Refuse a page of another kind: the chooser's window does not offer it, a typed number could."""
        page = super().clean(value)
        if page is not None and self.target_models and not issubclass(page.specific_class, tuple(self.target_models)):
            raise ValidationError(f"“{page.title}” is no {self.kind}. Choose another page.")
        return page

"""Pictures, films, documents."""

from __future__ import annotations

from typing import Any

from wagtail.blocks import CharBlock, ListBlock, StructBlock
from wagtail.models import Page

from portal.access.pages import visible_pages
from portal.access.viewer import ANONYMOUS
from portal.files.models import PortalImage
from portal.pages import registries
from portal.pages.blocks.choosers import DescribedPictureBlock, KindChooserBlock, PictureChooserBlock
from portal.pages.targets import targets_for


def public_examples(kind: str, count: int) -> list[Page]:
    """Return some pages of a kind that anyone may read, for a block's preview."""
    labels = [name.lower().split(".") for name in registries.page_types(kind)]
    if not labels:
        return []
    models = [model for _, model in labels]
    pages = Page.objects.filter(content_type__model__in=models).order_by("path")
    return list(visible_pages(viewer=ANONYMOUS, pages=pages)[:count])


class PictureBlock(StructBlock):
    """A picture with what it shows in words, a caption, and the credit that the image library holds."""

    image = DescribedPictureBlock(
        help_text="The alternative text is what people hear who do not see the picture. It says what matters here."
    )
    caption = CharBlock(
        required=False, max_length=240, help_text="A sentence beneath the picture. The credit follows by itself."
    )

    def get_preview_value(self) -> Any:
        """Return the first picture of the library as an example."""
        image = PortalImage.objects.with_renditions().order_by("pk").first()
        if image is not None:
            image.contextual_alt_text = image.default_alt_text
        return self.normalize({"image": image, "caption": "What one sees, and why it is here."})

    class Meta:
        icon = "image"
        group = "Pictures and films"
        template = "pages/blocks/picture.html"
        description = "One picture over the column, with caption and credit."


class FilmBlock(StructBlock):
    """A film of the library: a link with its poster. Nothing is loaded from other sites."""

    film = KindChooserBlock("film", help_text="Readers who may not see the film do not see this block either.")
    poster = PictureChooserBlock(
        required=False, help_text="A still of the film, at least 960 pixels wide. Optional; screen readers skip it."
    )
    text = CharBlock(required=False, max_length=240, help_text="Why it is worth the minutes.")

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add `film`, or None where the viewer may not see it."""
        context = super().get_context(value, parent_context=parent_context)
        keys = [value["film"].pk] if value["film"] else []
        return context | {"film": next(iter(targets_for(keys, context)), None)}

    def get_preview_value(self) -> Any:
        """Return the first film that anyone may see."""
        film = next(iter(public_examples("film", 1)), None)
        poster = PortalImage.objects.with_renditions().order_by("pk").first()
        return self.normalize({"film": film, "poster": poster, "text": "What one learns from it."})

    class Meta:
        icon = "media"
        group = "Pictures and films"
        template = "pages/blocks/film.html"
        description = "A link to a film of the library, with a still."


class DocumentsBlock(StructBlock):
    """Records of the library to read or take away, each with its TLP label; what the viewer may not see is left out."""

    title = CharBlock(required=False, max_length=120, help_text="A heading of the second level. Optional.")
    documents = ListBlock(
        KindChooserBlock("document"),
        min_num=1,
        max_num=12,
        help_text="Readers see only those that they may open. Nothing tells the others that there is more.",
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add `files`: those of the documents that the viewer may see."""
        context = super().get_context(value, parent_context=parent_context)
        return context | {"files": targets_for([page.pk for page in value["documents"] if page], context)}

    def get_preview_value(self) -> Any:
        """Return some documents that anyone may read."""
        return self.normalize({"title": "To take away", "documents": public_examples("document", 3)})

    class Meta:
        icon = "doc-full"
        group = "Links"
        template = "pages/blocks/documents.html"
        description = "Documents and procedures of the library, with their TLP labels."

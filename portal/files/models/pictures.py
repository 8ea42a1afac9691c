"""Pictures of pages, and the sizes in which they are shown."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, ImageQuerySet, get_upload_to
from wagtail.models import Page, ReferenceIndex

from portal.access.pages import visible_pages
from portal.access.viewer import Viewer
from portal.files.picture_specs import SPECS
from portal.files.storage import PictureField, picture_storage
from portal.jobs import queue

RENDITIONS_JOB = "files.renditions"
#: Seconds in which a page with a missing rendition asks for it once, however many people open it.
ASK_AGAIN_AFTER = 60
#: Roles that work in the CMS, where every picture may be chosen.
CMS_ROLES = ("editor", "office")


class PortalImageQuerySet(ImageQuerySet):
    """Pictures, as wide as the pages that show them and never wider."""

    def visible_to(self, viewer: Viewer) -> PortalImageQuerySet:
        """Return the pictures that stand on a live page which `viewer` may see; people of the CMS see all.

        A picture that no live page shows is nobody else's: it may belong to a draft.
        """
        if viewer.is_member and any(viewer.holds(role) for role in CMS_ROLES):
            return self.all()
        types = ContentType.objects.get_for_models(Page, self.model)
        pages = visible_pages(viewer=viewer).annotate(_key=Cast("pk", CharField(max_length=64)))
        shown = ReferenceIndex.objects.filter(
            base_content_type=types[Page],
            object_id__in=pages.order_by().values("_key"),
            to_content_type=types[self.model],
            to_object_id=Cast(OuterRef("pk"), CharField(max_length=64)),
        )
        return self.filter(Exists(shown))

    def with_renditions(self) -> PortalImageQuerySet:
        """Return the pictures with all that a page needs to show them, in one more query."""
        return self.prefetch_renditions(*SPECS)


class PortalImage(AbstractImage):
    """A picture: who made it, what it shows in words, and which part of it matters (the focal point).

    Sizes are made by the job `files.renditions`, never by the request of somebody who reads a page.
    """

    #: Overridden to lie outside MEDIA_ROOT.
    file = PictureField(
        "file", upload_to=get_upload_to, storage=picture_storage, width_field="width", height_field="height"
    )
    #: In pixels; after the file, because storing it turns a picture upright.
    width = models.IntegerField(editable=False)
    height = models.IntegerField(editable=False)
    description = models.CharField(
        "alternative text",
        max_length=255,
        blank=True,
        default="",
        help_text="What the picture shows, in one sentence, for people who do not see it. No “Picture of”.",
    )
    #: Not `decorative`: Wagtail sets that name on every instance for the block that shows it.
    is_decorative = models.BooleanField(
        "decorative", default=False, help_text="It says nothing that the text does not say. Screen readers skip it."
    )
    credit = models.CharField(
        max_length=120, help_text="Who made it or holds the rights, as it is to be printed: “Photo: Anna Example”."
    )

    objects = PortalImageQuerySet.as_manager()

    admin_form_fields = (
        "title",
        "file",
        "description",
        "is_decorative",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = "image"
        verbose_name_plural = "images"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=True) | ~models.Q(description=""),
                name="image_has_words_or_is_decorative",
            )
        ]

    def clean(self) -> None:
        """Refuse a picture that neither says what it shows nor is decorative."""
        super().clean()
        self.description = self.description.strip()
        if not self.description and not self.is_decorative:
            words = "Say what the picture shows, or mark it as decorative."
            raise ValidationError({"description": words})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and have the sizes made that are missing."""
        super().save(*args, **kwargs)
        # With `update_fields` Wagtail notes a digest or a length, and nothing is seen of it.
        if not kwargs.get("update_fields"):
            queue.enqueue(RENDITIONS_JOB, key=f"{RENDITIONS_JOB}:{self.pk}", again=True, image_id=self.pk)

    @property
    def default_alt_text(self) -> str:
        """What stands for the picture where a page gives no words of its own."""
        return "" if self.is_decorative else self.description

    def get_upload_to(self, filename: str) -> str:
        """Return where the original lies; its name is random already."""
        return f"originals/{Path(filename).name}"

    def missing_specs(self) -> list[str]:
        """Return the specs in use for which there is no rendition yet, in their order. One query at most."""
        found = {it.spec for it in self.find_existing_renditions(*map(Filter, SPECS))}
        return [spec for spec in SPECS if spec not in found]

    def get_renditions(self, *filters: Filter | str) -> dict[str, AbstractRendition]:
        """Return those of the wanted renditions that there are; `{% picture %}` asks this.

        Nothing is made here. Where some are missing, the job is asked for; where all are, the original stands in.
        """
        wanted = [Filter(spec=it) if isinstance(it, str) else it for it in filters]
        found = self.find_existing_renditions(*wanted)
        if len(found) < len(set(wanted)):
            self.ask_for_renditions()
        return {it.spec: self._shown(found[it]) for it in wanted if it in found} or {"original": self.as_it_is()}

    def get_rendition(self, filter: Filter | str) -> AbstractRendition:  # noqa: A002 - Wagtail's signature
        """Return one rendition. Those of pages are never made here; the thumbnails of the CMS, which only editors ask
        for, are.
        """
        spec = filter if isinstance(filter, str) else filter.spec
        if spec not in SPECS:
            return super().get_rendition(filter)
        return next(iter(self.get_renditions(spec).values()))

    def _shown(self, rendition: AbstractRendition) -> AbstractRendition:
        # Copies of one picture on a page share what was prefetched; each has alternative text of its own.
        own = copy.copy(rendition)
        own.image = self
        return own

    def generate_rendition_file(
        self,
        filter: Filter,  # noqa: A002 - Wagtail's signature
        *,
        source: File | None = None,
    ) -> File:
        """Return a rendition's bytes; Wagtail leaves a temporary file open, this does not."""
        with super().generate_rendition_file(filter, source=source) as made:
            made.seek(0)
            return ContentFile(made.read(), name=made.name)

    def as_it_is(self) -> PortalRendition:
        """Return the original in the shape of a rendition: safe to show, only larger than need be."""
        shown = PortalRendition(image=self, filter_spec="original", width=self.width, height=self.height)
        shown.file.name = self.file.name
        return shown

    def ask_for_renditions(self) -> None:
        """Have the missing sizes made soon; asked at most once a minute for each picture."""
        if cache.add(f"{RENDITIONS_JOB}:{self.pk}", "asked", ASK_AGAIN_AFTER):
            queue.enqueue(RENDITIONS_JOB, key=f"{RENDITIONS_JOB}:{self.pk}", image_id=self.pk)


class PortalRendition(AbstractRendition):
    """One size and format of a picture, stored beside it and handed out by the same door."""

    image = models.ForeignKey(PortalImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_each")
        ]

    def get_upload_to(self, filename: str) -> str:
        """Return where it lies: beside the others, named after the original's random name and the spec."""
        return Path(filename).name

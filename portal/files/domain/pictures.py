"""Making the sizes of pictures in the background, and who may see the picture behind an address."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.images.models import Filter
from wagtail.models import Page, ReferenceIndex

from portal.access.viewer import Viewer
from portal.files.models import PortalImage, PortalRendition
from portal.files.models.pictures import RENDITIONS_JOB
from portal.jobs import queue


@queue.handler(RENDITIONS_JOB, lease_seconds=120, long=True)
def make_renditions(job: queue.RunningJob, *, image_id: int) -> None:
    """Make every rendition in use that a picture lacks. A picture that was deleted meanwhile needs none."""
    image = PortalImage.objects.filter(pk=image_id).first()
    if image is None:
        return
    missing = image.missing_specs()
    for done, spec in enumerate(missing):
        job.progress(done=done, total=len(missing), note=f"{image.title}: {spec}")
        image.create_rendition(Filter(spec=spec))


def images_of(page: Page) -> list[int]:
    """Return the keys of the pictures that a page shows, as the reference index has them."""
    types = ContentType.objects.get_for_models(Page, PortalImage)
    rows = ReferenceIndex.objects.filter(
        base_content_type=types[Page], object_id=str(page.pk), to_content_type=types[PortalImage]
    )
    return sorted({int(key) for key in rows.values_list("to_object_id", flat=True)})


def prepare_page(sender: Any, *, instance: Page, **kwargs: Any) -> None:
    """On publishing: write down at once what the page shows, and have missing sizes made.

    Wagtail writes its index in the background. Until then the door would not know that a picture is public.
    """
    ReferenceIndex.create_or_update_for_object(instance)
    for image in PortalImage.objects.with_renditions().filter(pk__in=images_of(instance)):
        if image.missing_specs():
            queue.enqueue(RENDITIONS_JOB, key=f"{RENDITIONS_JOB}:{image.pk}", again=True, image_id=image.pk)


def may_see(*, name: str, viewer: Viewer) -> bool:
    """Return whether there is a picture, original or rendition, stored as `name`, and `viewer` may see it."""
    image_id = PortalRendition.objects.filter(file=name).values_list("image_id", flat=True).first()
    images = PortalImage.objects.filter(file=name) if image_id is None else PortalImage.objects.filter(pk=image_id)
    return images.visible_to(viewer).exists()

"""Loads the sample pictures, drawn from `sample/pictures.yaml`."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.community.domain.samples import Progress, read
from portal.files.models import PortalImage
from portal.pages.domain.drawings import draw


def load_pictures(progress: Progress) -> None:
    """Draw and store every sample picture; pages name them by their title."""
    for entry in read("portal.pages", "pictures"):
        content = draw(size=entry["size"], ground=entry["ground"], shapes=entry["shapes"])
        focal_x, focal_y, focal_width, focal_height = entry["focal"]
        PortalImage.objects.create(
            title=entry["title"],
            description=entry["alt"],
            credit=entry["credit"],
            file=SimpleUploadedFile("drawing.png", content, "image/png"),
            focal_point_x=focal_x,
            focal_point_y=focal_y,
            focal_point_width=focal_width,
            focal_point_height=focal_height,
        )
    progress(f"  {PortalImage.objects.count()} pictures")


def picture_block(*, title: str, caption: str = "", alt: str = "") -> dict[str, object]:
    """Return StreamField data of a picture block for the picture called `title`."""
    image = PortalImage.objects.get(title=title)
    described = {"image": image.pk, "alt_text": alt or image.description, "decorative": False}
    return {"image": described, "caption": caption}

"""Where pictures lie: outside MEDIA_ROOT, under random names, without what the camera wrote into them."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.deconstruct import deconstructible
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile

from portal.files.domain.contents import JPEG, PNG, Checked, FileRefused, check

FOLDER = "pictures"


@deconstructible(path="portal.files.storage.PictureStorage")
class PictureStorage(FileSystemStorage):
    """Files beneath PROTECTED_ROOT, readable for the portal alone; their address is the door of `portal.files`."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    # Asked for each time, not kept: tests give each its own folder.
    @property
    def base_location(self) -> str:
        """The folder as the settings name it."""
        return str(Path(settings.PROTECTED_ROOT) / FOLDER)

    @property
    def location(self) -> str:
        """The folder as an absolute path."""
        return str(Path(self.base_location).resolve())

    def url(self, name: str | None) -> str:
        """Return the address under which the door hands the file out to those who may see it."""
        return reverse("files:picture", args=[name or ""])


def picture_storage() -> PictureStorage:
    """Return the storage of pictures and of their renditions."""
    return PictureStorage()


def random_name(ending: str) -> str:
    """Return a name that says nothing and that nobody guesses."""
    return f"{secrets.token_hex(12)}{ending}"


def check_picture(upload: Any) -> Checked:
    """Return what is to be stored of an uploaded picture: re-encoded, without metadata.

    Raises `FileRefused` on everything that is no whole JPEG or PNG picture.
    """
    checked = check(upload)
    if checked.content_type not in {JPEG, PNG}:
        raise FileRefused(f"“{checked.name}” is no JPEG or PNG picture. Please save it as one of them.")
    return checked


class PictureFieldFile(WagtailImageFieldFile):
    """The stored original. Whatever way the bytes come (form, multiple upload, code), they are checked here."""

    def save(self, name: str, content: File, save: bool = True) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Store `content` under a random name. Raises `FileRefused`; a form has asked before (`portal.files.forms`)."""
        before = getattr(content, "checked", None)
        if isinstance(before, Checked):
            checked = before
        else:
            content.seek(0)
            checked = check_picture(SimpleUploadedFile(name, content.read()))
        self.__dict__.pop("_dimensions_cache", None)
        stored = random_name(".png" if checked.content_type == PNG else ".jpg")
        # Without a name Django would take the content for no file, and ask it for no width and height.
        super().save(stored, ContentFile(checked.content, name=stored), save=save)


class PictureField(WagtailImageField):
    """Wagtail's image field with our door in front of the disk."""

    attr_class = PictureFieldFile

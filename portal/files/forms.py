"""Form fields for files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from portal.files.domain.contents import ACCEPT, FileRefused, check
from portal.files.storage import check_picture


class ProtectedFileField(forms.FileField):
    """A file field that asks the same questions as `portal.files.domain.store`.

    A refusal is an error at this field with its reason; what was filled in elsewhere stays. The cleaned upload carries
    its checked bytes, so that `store(upload=...)` does not check again.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.ClearableFileInput(attrs={"accept": ACCEPT}))
        super().__init__(**kwargs)
        # Our own sentence for an empty file stands in `check`.
        self.allow_empty_file = True

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the upload, or None where nothing was chosen."""
        upload = super().clean(data, initial)
        if data and upload:
            try:
                upload.checked = check(upload)
            except FileRefused as refusal:
                raise ValidationError(str(refusal), code="refused") from refusal
        return upload


class PictureFormField(WagtailImageField):
    """Wagtail's field for a picture, which also looks inside: what it returns is re-encoded and without metadata.

    Hence size and digest, which the form takes next, are those of what is stored.
    """

    def to_python(self, data: Any) -> Any:
        """Return the checked picture. Every reason to refuse it is an error at this field."""
        try:
            file = super().to_python(data)
        except ValidationError:
            raise
        except Exception as error:
            # Pillow's decoders raise many kinds of error on a damaged header; Wagtail expects one of them.
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error
        if file is None:
            return None
        try:
            checked = check_picture(file)
        except FileRefused as refusal:
            raise ValidationError(str(refusal), code="refused") from refusal
        clean = SimpleUploadedFile(checked.name, checked.content, checked.content_type)
        clean.checked = checked  # type: ignore[attr-defined]
        return clean


class PictureForm(BaseImageForm):
    """The CMS's form for a picture."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Absent in the second step of the multiple upload, where the file is stored already.
        if "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = PictureFormField(
                label=given.label, required=given.required, widget=given.widget, help_text=given.help_text
            )

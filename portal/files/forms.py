"""Form fields for files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.files.domain.contents import ACCEPT, FileRefused, check


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

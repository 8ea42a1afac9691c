"""The one door for protected files."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.files import serving
from portal.files.domain import store
from portal.files.models import Attachment


@require_safe
def download(request: HttpRequest, attachment_id: uuid.UUID, name: str) -> HttpResponseBase:
    """Hand out a file to whoever may see its record, and write that down; 404 to everybody else."""
    viewer = request.viewer  # type: ignore[attr-defined]
    attachment = get_object_or_404(Attachment.objects.visible_to(viewer), pk=attachment_id, name=name)
    if not attachment.path.is_file():
        raise Http404("the bytes are gone")
    response = serving.serve(request, attachment)
    if response.status_code in {200, 206} and serving.begins_download(request):
        store.record_download(attachment=attachment, by=viewer)
    return response

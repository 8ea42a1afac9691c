"""The one door for protected files, and the one for pictures."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.access.viewer import ANONYMOUS
from portal.files import serving
from portal.files.domain import pictures, store
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


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand out a picture in one of its sizes to whoever may see a page that shows it; 404 to everybody else.

    Whether anyone may see it is asked first: such a picture is the same for all, and may be kept by browsers.
    """
    public = pictures.may_see(name=name, viewer=ANONYMOUS)
    if not public and not pictures.may_see(name=name, viewer=request.viewer):  # type: ignore[attr-defined]
        raise Http404("no such picture")
    return serving.serve_picture(request, name, public=public)

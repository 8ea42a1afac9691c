"""What is kept about me: a copy of it, and the wish to be forgotten."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import personal
from portal.accounts.decorators import owner_required
from portal.accounts.stepup import step_up_required
from portal.files import serving
from portal.files.models import Attachment
from portal.privacy.domain import copies, erasures, queries
from portal.privacy.forms import AskForm
from portal.privacy.models import DataCopy, Erasure


@never_cache
@require_safe
@owner_required
def data(request: HttpRequest) -> HttpResponse:
    """Show what is kept about the viewer, a copy where one is ready, and how to be forgotten."""
    return _page(request, AskForm())


def _page(request: HttpRequest, form: AskForm) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    row = DataCopy.objects.visible_to(viewer).first()
    context = {
        "copy": row,
        "files": queries.downloads(row),
        "progress": queries.progress(row),
        "parts": personal.parts(),
        "keeping": queries.keeping(),
        "erasure": Erasure.objects.visible_to(viewer).filter(user_id=viewer.user_id).first(),
        "hindrances": personal.hindrances(request.user),  # type: ignore[arg-type]
        "form": form,
    }
    return render(request, "privacy/data.html", context, status=400 if form.is_bound else 200)


@never_cache
@require_POST
@owner_required
@step_up_required
def ask_copy(request: HttpRequest) -> HttpResponse:
    """Have a copy made."""
    copies.ask(user=request.user, by=request.viewer)  # type: ignore[attr-defined, arg-type]
    messages.success(request, "Your copy is being made. You get a letter when it is ready.")
    return redirect("privacy:data")


@never_cache
@require_safe
@owner_required
def progress(request: HttpRequest) -> JsonResponse:
    """Answer how far the viewer's copy is, for the script behind the progress bar."""
    row = DataCopy.objects.visible_to(request.viewer).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    found = queries.progress(row) or {"value": 1, "max": 1, "text": "Your copy is ready.", "done": True}
    response = JsonResponse({**found, "location": reverse("privacy:data")})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_safe
@owner_required
@step_up_required
def download(request: HttpRequest, attachment_id: uuid.UUID, name: str) -> Any:
    """Hand out a file of a copy to its owner alone, and write that down; 404 to everybody else, the office too."""
    viewer = request.viewer  # type: ignore[attr-defined]
    mine = DataCopy.objects.visible_to(viewer).fetchable()
    owned = Attachment.objects.filter(
        owner_type=DataCopy._meta.label_lower, owner_id__in=[str(pk) for pk in mine.values_list("pk", flat=True)]
    )
    attachment = get_object_or_404(owned, pk=attachment_id, name=name)
    if not attachment.path.is_file():
        raise Http404("the bytes are gone")
    response = serving.serve(request, attachment)
    if response.status_code in {200, 206} and serving.begins_download(request):
        copies.record_download(attachment=attachment, by=viewer)
    return response


@never_cache
@require_POST
@owner_required
@step_up_required
def ask_erasure(request: HttpRequest) -> HttpResponse:
    """Ask to be forgotten."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    erasures.ask(user=request.user, words=form.cleaned_data["words"], by=request.viewer)  # type: ignore[attr-defined, arg-type]
    messages.success(request, "We have your wish. The programme office answers by letter and on this page.")
    return redirect("privacy:data")


@never_cache
@require_POST
@owner_required
def take_back(request: HttpRequest) -> HttpResponse:
    """Take the wish back."""
    mine = Erasure.objects.visible_to(request.viewer).filter(user=request.user, state__in=erasures.OPEN)  # type: ignore[attr-defined, misc]
    erasures.take_back(erasure=get_object_or_404(mine), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, "You took your wish back. Everything stays as it was.")
    return redirect("privacy:data")

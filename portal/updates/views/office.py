"""The programme office: what would go out, sending it, who gets it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import role_required
from portal.accounts.stepup import ON_POST, step_up_required
from portal.updates.domain import gathering, queries, sending, subscriptions
from portal.updates.forms import RequestForm
from portal.updates.models import Update
from portal.web.words import counted

ZONE = {"tlp": "TLP:AMBER", "title": "Office.", "text": "Addresses are seen by the programme office alone"}
PAGE = 50
office_only = role_required("office")

DONE = {
    ("stop", True): "The address is forgotten. It gets no more updates.",
    ("stop", False): "This address gets no updates. Nothing was changed.",
    ("block", True): "The address is forgotten and blocked. Nobody can have a letter sent to it.",
    ("block", False): "This address was blocked already. Nothing was changed.",
    ("unblock", True): "The block is lifted. The address can be entered again.",
    ("unblock", False): "This address was not blocked. Nothing was changed.",
}


def _crumbs() -> list[tuple[str, str]]:
    return [("Updates by e-mail", reverse("updates:office"))]


@office_only
@require_safe
def office(request: HttpRequest) -> HttpResponse:
    """Show who reads, what would go out now, and what went out."""
    return _office(request, RequestForm())


def _office(request: HttpRequest, form: RequestForm) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    draft = queries.draft_of(viewer)
    page = Paginator(queries.past_updates(viewer), PAGE).get_page(request.GET.get("page"))
    context = {
        "zone": ZONE,
        "crumbs": [("What waits for me", reverse("web:waiting"))],
        "facts": queries.figures(),
        "draft": draft,
        "coming": [] if draft else queries.coming(),
        "table": queries.updates_table(list(page.object_list)),
        "page_obj": page,
        "form": form,
    }
    return render(request, "updates/office/index.html", context, status=400 if form.is_bound else 200)


@office_only
@require_safe
def subscriber_list(request: HttpRequest) -> HttpResponse:
    """List the confirmed addresses."""
    page = Paginator(queries.subscribers(request.viewer), PAGE).get_page(request.GET.get("page"))  # type: ignore[attr-defined]
    table = queries.subscribers_table(list(page.object_list))
    context = {"zone": ZONE, "crumbs": _crumbs(), "page_obj": page, "table": table}
    return render(request, "updates/office/subscribers.html", context)


@office_only
@require_POST
def on_request(request: HttpRequest) -> HttpResponse:
    """Stop, block or unblock for somebody who wrote to the office."""
    form = RequestForm(request.POST)
    if not form.is_valid():
        return _office(request, form)
    given = form.cleaned_data
    changed = subscriptions.on_request(address=given["address"], deed=given["deed"], by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, DONE[given["deed"], changed])
    return redirect("updates:office")


@office_only
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Gather what is new into the draft."""
    return redirect(gathering.prepare(by=request.viewer))  # type: ignore[attr-defined]


@office_only
@require_safe
def update_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft with its letter and the button, letters being written, or what was sent."""
    viewer = request.viewer  # type: ignore[attr-defined]
    update = get_object_or_404(Update.objects.visible_to(viewer).prefetch_related("items"), pk=pk)
    subject, text = sending.preview(update)
    told = gathering.told(update)
    context = {
        "zone": ZONE,
        "crumbs": _crumbs(),
        "update": update,
        "items": update.items.all(),
        "entries": [queries.entry_of(item.topic, item) for item in told],
        "told": told,
        "subject": subject,
        "text": text,
        "shown": gathering.shown(update),
        "readers": sending.readers(update=update, topics={item.topic for item in told}).count(),
        "progress": queries.progress_of(update) if update.state == Update.State.SENDING else None,
    }
    return render(request, f"updates/office/{update.state}.html", context)


@office_only
@require_POST
def leave_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep which things the draft tells."""
    update = _update(request, pk)
    gathering.leave_in(update=update, item_ids=_ticked(request), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, "Kept. The letter below tells what is ticked.")
    return redirect(update)


@office_only
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    gathering.discard(update=_update(request, pk), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, "The draft is gone. What stood in it is new again.")
    return redirect("updates:office")


@office_only
@require_POST
@step_up_required(on=ON_POST)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the draft as it was shown; ticks that were changed and not kept are kept first, and nothing is sent."""
    viewer = request.viewer  # type: ignore[attr-defined]
    update, ticked = _update(request, pk), _ticked(request)
    if update.state == Update.State.DRAFT and ticked != {item.pk for item in gathering.told(update)}:
        gathering.leave_in(update=update, item_ids=ticked, by=viewer)
        messages.warning(request, "You changed what goes out. Read the letter once more, then send it.")
        return redirect(update)
    update = sending.send(update=update, by=viewer, shown=request.POST.get("shown", ""))
    topics = {item.topic for item in gathering.told(update)}
    number = sending.readers(update=update, topics=topics).count()
    messages.success(request, f"On its way: {counted(number, 'letter')}.")
    return redirect(update)


@office_only
@require_POST
def send_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Let stopped work go on."""
    update = _update(request, pk)
    sending.send_on(update=update, by=request.viewer)  # type: ignore[attr-defined]
    return redirect(update)


@office_only
@require_safe
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """Answer how far the letters are, for the script behind the progress bar."""
    update = _update(request, pk)
    response = JsonResponse({**queries.progress_of(update), "location": update.get_absolute_url()})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _update(request: HttpRequest, pk: int) -> Update:
    return get_object_or_404(Update.objects.visible_to(request.viewer), pk=pk)  # type: ignore[attr-defined]


def _ticked(request: HttpRequest) -> set[int]:
    given = request.POST.getlist("item")
    return {int(value) for value in given if value.isascii() and value.isdigit() and len(value) < 10}

"""Host weeks: made by the coordinator, published by the host country's contact point."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchanges.domain import hosts, queries, states
from exchanges.forms.offers import CommentForm, NewOfferForm, OfferForm, WeekForm
from exchanges.models import Call, HostOffer, HostWeek
from exchanges.views.common import EXCHANGES, OFFER_ZONE
from exchanges.views.writing import STALE_TOKEN, writing
from portal.access import clock
from portal.accounts.decorators import member_required
from portal.accounts.stepup import ON_POST, step_up_required
from portal.community.models import Centre, Person
from portal.journal.errors import ConditionFailed, JournalError, NotAllowed
from portal.journal.machine import may
from portal.web.words import in_words

OFFERS = ("Host weeks", "/exchanges/offers/")
#: Offers on a page of the list.
PAGE = 50


@member_required
@require_GET
def offer_list(request: HttpRequest) -> HttpResponse:
    """List the offers that the viewer has to do with: coordinators, contact points and the office."""
    viewer = request.viewer  # type: ignore[attr-defined]
    centres, countries = queries.centres_of(viewer), queries.countries_of(viewer)
    if not (centres or countries or viewer.holds("office")):
        raise Http404
    offers = list(queries.offers_for(viewer))
    waits = [row for row in offers if may(row, "publish", viewer)]
    others = [row for row in offers if row.centre_id not in centres and row not in waits]
    page = Paginator(others, PAGE).get_page(request.GET.get("page"))
    context = {
        "zone": OFFER_ZONE,
        "crumbs": [EXCHANGES],
        "to_publish": waits,
        "mine": [_entry(row, with_call=True) for row in offers if row.centre_id in centres],
        "groups": _by_call_and_state(list(page)),
        "page_obj": page,
        "may_offer": bool(centres),
        "calls": list(_calls()) if centres else [],
    }
    return render(request, "exchanges/offers/list.html", context)


@writing
@require_http_methods(["GET", "HEAD", "POST"])
def offer_new(request: HttpRequest) -> HttpResponse:
    """Make a draft of an offer for the own centre."""
    viewer = request.viewer  # type: ignore[attr-defined]
    centres = list(Centre.objects.filter(pk__in=queries.centres_of(viewer)))
    if not centres:
        raise Http404
    form = NewOfferForm(request.POST if request.method == "POST" else None, calls=list(_calls()), centres=centres)
    problems: list[str] = []
    if _is_stale(request):
        form.add_error(None, STALE_TOKEN)
    elif request.method == "POST" and form.is_valid():
        try:
            offer = hosts.create_offer(
                call=form.cleaned_data["call"],
                centre=form.cleaned_data["centre"],
                coordinator=Person.objects.get(pk=viewer.person_id),
                by=viewer,
                languages=form.languages,
                **form.words,
            )
        except JournalError as error:
            problems = error.problems
        else:
            messages.success(request, "Kept as a draft. Now add the weeks.")
            return redirect(offer)
    status = 403 if _is_stale(request) else 409 if problems else 400 if form.errors else 200
    return _form_page(request, form, None, problems, status)


@writing
@require_http_methods(["GET", "HEAD", "POST"])
def offer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a draft or returned offer says."""
    offer = _offer(request, pk)
    if not states.coordinator(offer, request.viewer):  # type: ignore[attr-defined]
        raise NotAllowed("Only the centre’s host coordinator can change an offer.")
    if offer.state not in (HostOffer.State.DRAFT, HostOffer.State.RETURNED):
        raise ConditionFailed("The offer is sent. What it says can no longer be changed.")
    form = OfferForm(request.POST if request.method == "POST" else None, instance=offer)
    if _is_stale(request):
        form.add_error(None, STALE_TOKEN)
        return _form_page(request, form, offer, [], 403)
    if request.method == "POST" and form.is_valid():
        viewer = request.viewer  # type: ignore[attr-defined]
        hosts.update_offer(offer=offer, by=viewer, languages=form.languages, **form.words)
        messages.success(request, "Saved.")
        return redirect(offer)
    return _form_page(request, form, offer, [], 400 if form.errors else 200)


@member_required
@require_GET
def offer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an offer with its weeks; to its people, who comes."""
    return _detail(request, _offer(request, pk))


@writing
@require_http_methods(["GET", "HEAD", "POST"])
def week_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a week."""
    offer = _offer(request, pk)
    if request.method != "POST":
        return redirect(offer)
    form = WeekForm(request.POST)
    if _is_stale(request):
        form.add_error(None, STALE_TOKEN)
        return _detail(request, offer, week_form=form, status=403)
    if form.is_valid():
        try:
            hosts.add_week(offer=offer, by=request.viewer, **form.cleaned_data)  # type: ignore[attr-defined]
        except NotAllowed:
            raise
        except JournalError as error:
            for problem in error.problems:
                form.add_error("starts_on", problem)
        else:
            messages.success(request, "The week is added.")
            return redirect(f"{offer.get_absolute_url()}#weeks-h")
    return _detail(request, offer, week_form=form, status=400)


@member_required
@require_POST
def week_change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Block, unblock or remove a week."""
    visible = HostOffer.objects.visible_to(request.viewer)  # type: ignore[attr-defined]
    week = get_object_or_404(HostWeek.objects.select_related("offer__call", "offer__centre"), pk=pk, offer__in=visible)
    change = {"block": hosts.block_week, "unblock": hosts.unblock_week, "remove": hosts.remove_week}[verb]
    change(week=week, by=request.viewer)  # type: ignore[attr-defined, operator]
    words = {"block": "is blocked: nobody new can come", "unblock": "is open again", "remove": "is removed"}[verb]
    messages.success(request, f"Week {week.number} {words}.")
    return redirect(f"{week.offer.get_absolute_url()}#weeks-h")


@member_required
@require_POST
@step_up_required(on=ON_POST)
def offer_move(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Submit, publish or withdraw an offer."""
    offer = _offer(request, pk)
    move = {"submit": hosts.submit_offer, "publish": hosts.publish_offer, "withdraw": hosts.withdraw_offer}[verb]
    move(offer=offer, by=request.viewer)  # type: ignore[attr-defined]
    words = {
        "submit": "Sent to the contact point, who publishes it.",
        "publish": "Published. Shift leaders of other countries can wish for these weeks now.",
        "withdraw": "Withdrawn.",
    }[verb]
    messages.success(request, words)
    return redirect(offer)


@writing
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required(on=ON_POST)
def offer_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an offer back with a comment."""
    offer = _offer(request, pk)
    if request.method != "POST":
        return redirect(offer)
    form = CommentForm(request.POST)
    if _is_stale(request):
        form.add_error(None, STALE_TOKEN)
        return _detail(request, offer, return_form=form, status=403)
    if form.is_valid():
        hosts.return_offer(offer=offer, by=request.viewer, comment=form.cleaned_data["comment"])  # type: ignore[attr-defined]
        messages.success(request, "Sent back. The coordinator has your comment.")
        return redirect("exchanges:offers")
    return _detail(request, offer, return_form=form, status=400)


def _entry(offer: HostOffer, *, with_call: bool = False) -> dict[str, Any]:
    """Return an offer as an entry of components/folk.html: the centre, how many weeks, and how it stands."""
    level = {HostOffer.State.PUBLISHED: "full", HostOffer.State.SUBMITTED: "half"}.get(HostOffer.State(offer.state))
    weeks = f"{in_words(offer.week_count).capitalize()} week{'' if offer.week_count == 1 else 's'}"
    return {
        "name": offer.centre.name,
        "url": offer.get_absolute_url(),
        "place": f"{offer.centre.city}, {offer.centre.country.name}",
        "level": str(offer.call) if with_call else offer.centre.get_level_display(),
        "facts": [weeks],
        "mark": {"level": level or "empty", "word": offer.get_state_display()} if with_call else None,
    }


def _by_call_and_state(offers: Sequence[HostOffer]) -> list[tuple[Call, list[tuple[str, list[dict[str, Any]]]]]]:
    """Return offers by their call, the newest first, and by state in the order of an offer's way."""
    order = HostOffer.State.values
    by_call: dict[Call, dict[str, list[HostOffer]]] = defaultdict(lambda: defaultdict(list))
    for offer in offers:
        by_call[offer.call][offer.state].append(offer)
    return [
        (
            call,
            [
                (HostOffer.State(state).label, [_entry(offer) for offer in rows[state]])
                for state in sorted(rows, key=order.index)
            ],
        )
        for call, rows in by_call.items()
    ]


def _is_stale(request: HttpRequest) -> bool:
    """Return whether a form came with the token of an earlier session: nothing is changed then, nothing lost."""
    return request.method == "POST" and bool(request.stale_token)  # type: ignore[attr-defined]


def _calls() -> Any:
    """Return the calls that take host weeks now."""
    return Call.objects.filter(state__in=[Call.State.DRAFT, Call.State.OPEN], closes_at__gte=clock.now())


def _offer(request: HttpRequest, pk: int) -> HostOffer:
    return get_object_or_404(queries.offer_for(request.viewer), pk=pk)  # type: ignore[attr-defined]


def _form_page(
    request: HttpRequest, form: OfferForm, offer: HostOffer | None, problems: list[str], status: int
) -> HttpResponse:
    context = {
        "zone": OFFER_ZONE,
        "crumbs": [EXCHANGES, OFFERS],
        "form": form,
        "offer": offer,
        "problems": problems,
        "calls": getattr(form, "calls", None),
    }
    return render(request, "exchanges/offers/form.html", context, status=status)


def _detail(
    request: HttpRequest,
    offer: HostOffer,
    *,
    week_form: WeekForm | None = None,
    return_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    is_coordinator = states.coordinator(offer, viewer)
    insider = is_coordinator or offer.centre.country_id in queries.countries_of(viewer) or viewer.holds("office")
    context = {
        "zone": OFFER_ZONE,
        "crumbs": [EXCHANGES, OFFERS] if insider else [EXCHANGES],
        "offer": offer,
        "weeks": list(offer.weeks.all()),
        "languages": sorted(offer.languages.all(), key=lambda row: row.pk),
        "insider": insider,
        "may_edit": is_coordinator and offer.state in hosts.EDITABLE,
        "may_block": is_coordinator and offer.state == HostOffer.State.PUBLISHED,
        "may_submit": may(offer, "submit", viewer),
        "may_publish": may(offer, "publish", viewer),
        "may_withdraw": may(offer, "withdraw", viewer),
        "week_form": week_form or WeekForm(),
        "return_form": return_form or CommentForm(),
        "back_url": reverse("exchanges:call", args=[offer.call.slug]),
    }
    return render(request, "exchanges/offers/detail.html", context, status=status)

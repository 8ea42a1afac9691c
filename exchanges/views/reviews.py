"""Pages of a reviewer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchanges.domain import queries_decide as queries
from exchanges.domain import reviews
from exchanges.domain.versions import StaleVersion
from exchanges.forms.decide import DeclineReviewForm, ReviewForm
from exchanges.models import Review
from exchanges.views.common import EXCHANGES
from exchanges.views.saving import saved, stale, version_of
from exchanges.views.writing import STALE_TOKEN, action, writing
from portal.accounts import typed
from portal.accounts.decorators import member_required
from portal.journal.errors import ConditionFailed, JournalError

ZONE = {"tlp": "TLP:AMBER", "title": "Reviews.", "text": "Seen by you and the programme office"}
REVIEWS = ("Your reviews", "/exchanges/reviews/")


@member_required
@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """List what the reviewer has to write, and what is written."""
    rows = list(queries.reviews_of(request.viewer))  # type: ignore[attr-defined]
    context = {
        "zone": ZONE,
        "crumbs": [EXCHANGES],
        "to_write": [row for row in rows if row.state == Review.State.ASSIGNED],
        "written": [row for row in rows if row.state == Review.State.SUBMITTED],
    }
    return render(request, "exchanges/reviews.html", context)


@writing
@require_http_methods(["GET", "HEAD", "POST"])
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an application and write its review; POST keeps it, or submits it with the button `submit`."""
    viewer = request.viewer  # type: ignore[attr-defined]
    review = get_object_or_404(queries.review_for(viewer, pk))
    if request.method != "POST":
        return _page(request, review)
    form = ReviewForm(request.POST, review=review)
    form.is_valid()
    if request.stale_token:  # type: ignore[attr-defined]
        form.add_error(None, STALE_TOKEN)
        return _page(request, review, form=form, status=403)
    try:
        kept = _save(request, review, form)
    except (StaleVersion, ConditionFailed) as refusal:
        return _not_saved(request, pk, form, refusal)
    if form.errors:
        return _page(request, _again(request, pk), form=form, status=400)
    if "submit" not in request.POST:
        messages.success(request, "Saved. You can go on whenever you like.")
        return redirect(review)
    if missing := reviews.missing(kept):
        for criterion in missing:
            form.add_error(f"points_{criterion.pk}", f"Give points for “{criterion.name}”")
        return _page(request, _again(request, pk), form=form, status=400)
    reviews.submit(review=kept, by=viewer)
    messages.success(request, f"Your review of {review.application} is submitted. Thank you.")
    return redirect("exchanges:reviews")


def _save(request: HttpRequest, review: Review, form: ReviewForm) -> Review:
    version = version_of(request)
    if review.version != version and form.says_the_same:
        # The page's own autosave was under way when the button was pressed: nobody else wrote.
        version = review.version
    return reviews.save(
        review=review,
        points=form.points,
        comment=form.cleaned_data.get("comment", review.comment),
        version=version,
        by=request.viewer,  # type: ignore[attr-defined]
    )


def _again(request: HttpRequest, pk: int) -> Review:
    return queries.review_for(request.viewer, pk).get()  # type: ignore[attr-defined]


def _not_saved(request: HttpRequest, pk: int, form: ReviewForm, refusal: Exception) -> HttpResponse:
    """Answer a POST that came too late: after another tab, or after the review was submitted."""
    review = _again(request, pk)
    mine = review.reviewer_id == request.viewer.person_id  # type: ignore[attr-defined]
    if mine and review.state == Review.State.SUBMITTED and "submit" in request.POST:
        # Two clicks: the first one submitted it.
        return redirect("exchanges:reviews")
    if isinstance(refusal, ConditionFailed) or review.state != Review.State.ASSIGNED:
        closed = [f"This review is “{review.get_state_display()}” and stays as it is."]
        problems = refusal.problems if isinstance(refusal, ConditionFailed) else closed
        return _page(request, review, status=409, problems=problems, typed=typed.texts(request.POST))
    points = {score.criterion_id: score.points for score in review.scores.all()}
    theirs = [(row.name, f"{points[row.pk]} points" if row.pk in points else "No points yet") for row in form.criteria]
    return _page(request, review, form=form, status=409, clash=review, theirs=[*theirs, ("Comment", review.comment)])


def _page(request: HttpRequest, review: Review, *, status: int = 200, **extra: Any) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    mine = review.reviewer_id == viewer.person_id
    writes = mine and review.state == Review.State.ASSIGNED and review.application.call.state == "review"
    others = [(row, reviews.total(row)) for row in reviews.others(review)]
    context = {
        "zone": ZONE if mine else {**ZONE, "text": "Seen by its reviewer and the programme office"},
        "crumbs": [EXCHANGES, REVIEWS] if mine else [EXCHANGES],
        "review": review,
        "application": review.application,
        "mine": mine,
        "writes": writes,
        "form": extra.pop("form", None) or (ReviewForm(review=review) if writes else None),
        "decline_form": DeclineReviewForm(),
        "total": reviews.total(review) if review.state == Review.State.SUBMITTED else None,
        "others": others,
        **extra,
    }
    return render(request, "exchanges/review.html", context, status=status)


@writing
@require_POST
def review_autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep what is valid of a review while it is written."""
    viewer = request.viewer  # type: ignore[attr-defined]
    review = get_object_or_404(queries.review_for(viewer, pk), reviewer_id=viewer.person_id)
    if request.stale_token:  # type: ignore[attr-defined]
        return JsonResponse({"message": STALE_TOKEN}, status=403)
    form = ReviewForm(request.POST, review=review)
    form.is_valid()
    try:
        kept = _save(request, review, form)
    except StaleVersion:
        theirs = _again(request, pk)
        points = {f"points_{row.criterion_id}": str(row.points) for row in theirs.scores.all()}
        return stale(theirs, {"comment": theirs.comment, **points})
    except JournalError as refusal:
        return JsonResponse({"message": " ".join(refusal.problems)}, status=403)
    return saved(kept, form)


@action()
def review_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a review back with a reason."""
    viewer = request.viewer  # type: ignore[attr-defined]
    review = get_object_or_404(queries.review_for(viewer, pk), reviewer_id=viewer.person_id)
    form = DeclineReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, review, status=400, decline_form=form)
    reviews.decline(
        review=review, by=viewer, reason=form.cleaned_data["reason"], is_conflict=form.cleaned_data["is_conflict"]
    )
    messages.success(request, "Handed back. The office finds somebody else.")
    return redirect("exchanges:reviews")

"""Assigning, writing and counting reviews (design: exchanges, Reviews)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from exchanges.domain.once import perform_once
from exchanges.domain.versions import claim
from exchanges.models import Application, Call, Criterion, Review, Score
from portal.access import clock
from portal.access.viewer import Viewer
from portal.community.domain.standing import people_with
from portal.community.models import Person, Role
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.outbox.post import link, post

#: Points of 100 by which two reviews may differ before a third is asked for.
DIVERGENCE = Decimal(20)


@dataclass(frozen=True)
class Workload:
    """One reviewer in an assignment: who, how many reviews so far, which conflicts by application id."""

    reviewer: Person
    assigned: int
    conflicts: Mapping[int, str]


def total(review: Review) -> Decimal:
    """Return a review's points of 100: each criterion's weight by its points of ten."""
    weighed = sum(score.criterion.weight * score.points for score in review.scores.all())
    return Decimal(weighed) / 10


def conflict(*, reviewer: Person, application: Application) -> str:
    """Return why `reviewer` must not see `application`, in words; "" if there is no reason.

    Never the own application, country or organisation, never a host centre of the own country in the first wish,
    never a declared conflict.
    """
    applicant = application.applicant
    if reviewer.pk == applicant.pk:
        return "the own application"
    if reviewer.country_id == applicant.country_id:
        return "the own country"
    if reviewer.organisation_id == applicant.organisation_id:
        return "the own organisation"
    first = next((wish for wish in application.wishes.all() if wish.rank == 1), None)
    if first is not None and first.week.offer.centre.country_id == reviewer.country_id:
        return "a centre of the own country is the first wish"
    if any(declared.reviewer_id == reviewer.pk for declared in application.conflicts.all()):
        return "a declared conflict of interest"
    return ""


def to_review(call: Call) -> list[Application]:
    """Return the eligible applications of a call with all that assignment and counting need; seven queries."""
    return list(
        call.applications.filter(state=Application.State.ELIGIBLE)
        .select_related("applicant__country", "call")
        .prefetch_related(
            "wishes__week__offer__centre", "conflicts", "reviews__scores__criterion", "reviews__reviewer__country"
        )
        .order_by("number")
    )


def reviews_needed(application: Application) -> int:
    """Return how many reviews an application needs: the call's least number, one more where they diverge."""
    written = [total(review) for review in application.reviews.all() if review.state == Review.State.SUBMITTED]
    diverges = len(written) >= 2 and max(written) - min(written) > DIVERGENCE
    return application.call.min_reviews + (1 if diverges else 0)


@dataclass(frozen=True)
class Progress:
    """How far the reviews of one application are: how many it needs, has assigned, has in."""

    application: Application
    needed: int
    assigned: int
    written: int
    spread: Decimal

    @property
    def complete(self) -> bool:
        """Whether all that are needed are in."""
        return self.written >= self.needed

    @property
    def mark(self) -> str:
        """The square of `components/mark.html`."""
        return "full" if self.complete else "half" if self.written else "empty"

    @property
    def progress(self) -> str:
        """In words."""
        return f"{self.written} of {self.needed} written"

    @property
    def words(self) -> str:
        """Why more reviewers are needed."""
        if self.spread > DIVERGENCE:
            return f"The reviews differ by {self.spread:f} points: one more reader is needed"
        return f"{self.assigned} of {self.needed} reviewers are found"


def progress(call: Call) -> list[Progress]:
    """Return how far the reviews of a call are, by application; eight queries."""
    rows = []
    for application in to_review(call):
        kept = [row for row in application.reviews.all() if row.state != Review.State.DECLINED]
        points = [total(row) for row in kept if row.state == Review.State.SUBMITTED]
        spread = (max(points) - min(points)).normalize() if points else Decimal(0)
        rows.append(Progress(application, reviews_needed(application), len(kept), len(points), spread))
    return rows


def assign(*, call: Call, by: Viewer) -> int:
    """Give every eligible application the reviews it still needs; returns how many were assigned.

    Balanced: the application with the fewest possible reviewers chooses first, and takes who has the least to do.
    Each new reviewer gets one letter. Raises `NotAllowed`, or `ConditionFailed` naming the applications for which
    there are too few reviewers without a conflict; then nothing is assigned.
    """
    if not by.holds("office"):
        raise NotAllowed("Only the programme office assigns reviewers.")
    with transaction.atomic():
        if Call.objects.select_for_update().get(pk=call.pk).state != Call.State.REVIEW:
            raise ConditionFailed("Reviewers are assigned while the call is in its review.")
        applications = to_review(call)
        pool = {person.pk: person for person in _reviewers(call)}
        load = dict.fromkeys(pool, 0)
        taken: dict[int, set[int]] = {}
        for application in applications:
            taken[application.pk] = {review.reviewer_id for review in application.reviews.all()}
            for review in application.reviews.all():
                if review.state != Review.State.DECLINED and review.reviewer_id in load:
                    load[review.reviewer_id] += 1
        free = {
            application.pk: [
                pk
                for pk, person in pool.items()
                if pk not in taken[application.pk] and not conflict(reviewer=person, application=application)
            ]
            for application in applications
        }
        new: list[Review] = []
        short: list[str] = []
        for application in sorted(applications, key=lambda row: (len(free[row.pk]), row.number)):
            kept = sum(review.state != Review.State.DECLINED for review in application.reviews.all())
            missing = reviews_needed(application) - kept
            chosen = sorted(free[application.pk], key=lambda pk: (load[pk], pk))[: max(0, missing)]
            if len(chosen) < missing:
                short.append(f"{application} needs {missing} more, and {len(chosen)} can be found without a conflict.")
            for pk in chosen:
                load[pk] += 1
                new.append(Review(application=application, reviewer=pool[pk], assigned_at=clock.now()))
        if short:
            raise ConditionFailed("There are too few reviewers without a conflict of interest.", *short)
        Review.objects.bulk_create(new)
        if new:
            door.record(thing=call, verb="assign_reviews", by=by, data={"reviews": len(new)})
        _tell_reviewers(call=call, people=[review.reviewer for review in new])
    return len(new)


def _reviewers(call: Call) -> list[Person]:
    everywhere = people_with(role=Role.REVIEWER)
    here = people_with(role=Role.REVIEWER, scope=f"call:{call.pk}")
    return list((everywhere | here).distinct())


def _tell_reviewers(*, call: Call, people: Iterable[Person]) -> None:
    for person in sorted({row.pk: row for row in people}.values(), key=lambda row: row.pk):
        post(
            to=person.user.email,
            user_id=person.user_id,
            template="exchanges_review_assigned",
            context={"person": person, "call": call, "link": link("/exchanges/reviews/")},
            about=call,
            until=call.decision_on,
        )


def save(*, review: Review, points: Mapping[int, int | None], comment: str, version: int, by: Viewer) -> Review:
    """Keep a review as far as it is written; raises `NotAllowed`, `ConditionFailed` or `StaleVersion`.

    `points` maps criterion ids to points from 0 to 10, or to None to take them back; a criterion that is not named
    keeps its points. `version` is the one the writer started from.
    """
    if by.person_id != review.reviewer_id or not by.is_member:
        raise NotAllowed("Only the reviewer it was assigned to writes a review.")
    with transaction.atomic():
        fresh = claim(model=Review, pk=review.pk, version=version)
        if fresh.state != Review.State.ASSIGNED:
            raise ConditionFailed(f"This review is “{fresh.get_state_display()}” and stays as it is.")
        call = fresh.application.call
        if call.state != Call.State.REVIEW:
            raise ConditionFailed("The review of this call is over.")
        known = set(call.criteria.values_list("pk", flat=True))
        if not set(points) <= known or any(value is not None and not 0 <= value <= 10 for value in points.values()):
            raise ConditionFailed("Points go from 0 to 10 for each criterion of the call.")
        fresh.scores.filter(criterion_id__in=points).delete()
        Score.objects.bulk_create(
            Score(review=fresh, criterion_id=pk, points=value) for pk, value in points.items() if value is not None
        )
        fresh.comment = comment
        fresh.save()
    return fresh


def submit(*, review: Review, by: Viewer) -> Review:
    """Submit a review; it can no longer be changed."""

    def stamp(row: Review) -> None:
        row.submitted_at = clock.now()

    return perform_once(thing=review, verb="submit", by=by, effect=stamp)


def missing(review: Review) -> list[Criterion]:
    """Return the criteria that have no points yet; the review is submitted when there are none."""
    scored = {score.criterion_id for score in review.scores.all()}
    return [criterion for criterion in review.application.call.criteria.all() if criterion.pk not in scored]


def others(review: Review) -> list[Review]:
    """Return what others wrote about the same application; nothing before the own review is submitted."""
    if review.state != Review.State.SUBMITTED:
        return []
    written = Review.objects.filter(application=review.application_id, state=Review.State.SUBMITTED)
    return list(written.exclude(pk=review.pk).select_related("reviewer").prefetch_related("scores__criterion"))


def decline(*, review: Review, by: Viewer, reason: str, is_conflict: bool = False) -> Review:
    """Hand a review back with a reason; with `is_conflict` nobody may assign this pair again."""
    if not reason.strip():
        raise ConditionFailed("Say in a sentence why you hand it back.")

    def note(row: Review) -> None:
        if is_conflict:
            row.application.conflicts.get_or_create(reviewer_id=row.reviewer_id, defaults={"reason": reason[:300]})

    return perform_once(thing=review, verb="decline", by=by, reason=reason, effect=note)

"""What must hold before a transition: each function gets the thing and returns a sentence when something is missing."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum

from exchanges.models import Application, Call, HostOffer, HostWeek, MatchRun, Placement, Report, Review
from portal.access import clock

#: An application returned by its contact point may be sent again this long, also after the deadline.
RETURN_GRACE = dt.timedelta(days=5)
#: Confirmed days with which a week counts.
DAYS_NEEDED = 3
#: What a report cannot be sent without, by field, in words that follow "Still to write".
REPORT_NEEDS = {
    "seen": "what you saw",
    "differently": "what is done differently",
    "lesson_title": "the lesson’s title",
    "lesson": "the lesson",
}
#: States of a placement that is not closed.
OPEN_PLACEMENTS = (
    Placement.State.PLANNED,
    Placement.State.AGREED,
    Placement.State.UNDER_WAY,
    Placement.State.REPORT_DUE,
)
#: Placement states that hold a seat.
LIVE = (*OPEN_PLACEMENTS, Placement.State.COMPLETED)


def dates_in_order(call: Call) -> str | None:
    """Opening, deadline, decision and weeks follow each other, and the deadline is still to come."""
    closes_on = call.closes_at.astimezone(clock.BRUSSELS).date()
    if not call.opens_on <= closes_on < call.decision_on < call.weeks_from <= call.weeks_until:
        return "Put the dates in order: opening, deadline, decision, first week, last week."
    if call.closes_at <= clock.now():
        return "The deadline lies in the past. Choose a later day."
    return None


def weights_add_up(call: Call) -> str | None:
    """The criteria's weights add up to 100."""
    total = call.criteria.aggregate(total=Sum("weight"))["total"] or 0
    return None if total == 100 else f"The weights of the criteria add up to {total}; they must add up to 100."


def rates_chosen(call: Call) -> str | None:
    """A rate table is chosen."""
    return None if call.rates_id else "Choose a rate table."


def a_week_published(call: Call) -> str | None:
    """At least one host week can be wished for."""
    published = HostWeek.objects.filter(
        offer__call=call, offer__state=HostOffer.State.PUBLISHED, state=HostWeek.State.OPEN
    ).exists()
    return None if published else "No host week is published yet. A host country’s contact point publishes them."


def deadline_passed(call: Call) -> str | None:
    """The deadline lies behind us."""
    return None if clock.now() > call.closes_at else "The deadline has not passed yet."


def all_screened(call: Call) -> str | None:
    """Every application sent is endorsed or not, eligible or not."""
    state = Application.State
    waiting = call.applications.filter(state__in=[state.SUBMITTED, state.RETURNED, state.ENDORSED]).count()
    if waiting:
        are = "applications are" if waiting > 1 else "application is"
        return f"{waiting} {are} still waiting for endorsement or eligibility."
    return None if call.applications.filter(state=state.ELIGIBLE).exists() else "No application is eligible."


def all_reviewed(call: Call) -> str | None:
    """Every eligible application has the reviews it needs: the least number, one more where two differ widely."""
    from exchanges.domain.reviews import (  # late: reviews stand on the door, the door on tables
        reviews_needed,
        to_review,
    )

    short = [
        str(application)
        for application in to_review(call)
        if sum(review.state == Review.State.SUBMITTED for review in application.reviews.all())
        < reviews_needed(application)
    ]
    return f"Reviews are still missing for {', '.join(short)}." if short else None


def run_signed(call: Call) -> str | None:
    """A run carries its two signatures."""
    return None if call.runs.filter(state=MatchRun.State.SIGNED).exists() else "No run is signed yet."


def placements_closed(call: Call) -> str | None:
    """No placement and no offer is open."""
    going_on = Placement.objects.filter(application__call=call, state__in=OPEN_PLACEMENTS).exists()
    offered = call.applications.filter(state=Application.State.OFFERED).exists()
    return "Placements or offers are still open." if going_on or offered else None


def offer_complete(offer: HostOffer) -> str | None:
    """Summary, a language and a week are there."""
    missing = []
    if not offer.summary.strip():
        missing.append("say what guests will see")
    if not offer.languages.exists():
        missing.append("name a language")
    if not offer.weeks.filter(state=HostWeek.State.OPEN).exists():
        missing.append("offer at least one week")
    return f"Before it can be sent: {', '.join(missing)}." if missing else None


def offer_in_time(offer: HostOffer) -> str | None:
    """The call takes weeks until its deadline."""
    before_deadline = offer.call.state in (Call.State.DRAFT, Call.State.OPEN) and clock.now() <= offer.call.closes_at
    return None if before_deadline else "The call takes no more host weeks."


def nothing_booked(offer: HostOffer) -> str | None:
    """Nobody holds a seat in one of the weeks."""
    booked = Placement.objects.filter(week__offer=offer, state__in=LIVE).exists()
    return "Guests are booked already. Ask the programme office to cancel." if booked else None


def week_not_booked(week: HostWeek) -> str | None:
    """Nobody holds a seat in the week, and none is on offer."""
    booked = week.placements.filter(state__in=LIVE).exists()
    offered = week.offered_to.filter(state=Application.State.OFFERED).exists()
    return "A guest is booked in this week. Ask the programme office to cancel." if booked or offered else None


def may_still_be_sent(application: Application) -> str | None:
    """The call is open; or the application was returned less than five days ago and the call is being screened."""
    call, now = application.call, clock.now()
    if call.state == Call.State.OPEN and now <= call.closes_at:
        return None
    returned = application.returned_at
    if call.state in (Call.State.OPEN, Call.State.SCREENING) and returned and now <= returned + RETURN_GRACE:
        return None
    return "The call has closed. What you wrote is kept, but it can no longer be sent."


def sections_complete(application: Application) -> str | None:
    """Every section is complete, the manager consents, the privacy notice is accepted."""
    from exchanges.domain.sections import incomplete  # late: sections describe forms in words and need the rules here

    missing = incomplete(application)
    return f"Still to complete: {', '.join(missing)}." if missing else None


def call_before_review(application: Application) -> str | None:
    """Endorsement and eligibility are decided while the call is open or being screened."""
    in_time = application.call.state in (Call.State.OPEN, Call.State.SCREENING)
    return None if in_time else "The call has moved on to its review."


def rules_passed(application: Application) -> str | None:
    """Every rule was checked and passed."""
    results = [result.passed for result in application.eligibility.all()]
    return None if results and all(results) else "Not every rule is passed."


def a_rule_failed(application: Application) -> str | None:
    """At least one rule failed."""
    return None if application.eligibility.filter(passed=False).exists() else "Every rule is passed."


def answer_in_time(application: Application) -> str | None:
    """The time to answer has not run out."""
    in_time = application.answer_by is not None and clock.now() <= application.answer_by
    return None if in_time else "The time to answer has run out, and the seat is free again."


def answer_overdue(application: Application) -> str | None:
    """The time to answer has run out."""
    return None if answer_in_time(application) else "There is still time to answer."


def call_in_review(review: Review) -> str | None:
    """The call is in its review."""
    in_review = review.application.call.state == Call.State.REVIEW
    return None if in_review else "The review of this call is over."


def all_scored(review: Review) -> str | None:
    """Every criterion has points."""
    missing = review.application.call.criteria.count() - review.scores.count()
    return None if missing == 0 else f"{missing} criteri{'a have' if missing > 1 else 'on has'} no points yet."


def two_signatures(run: MatchRun) -> str | None:
    """Two committee members of different countries signed this very digest."""
    countries = set(run.signatures.filter(digest=run.digest).values_list("country_id", flat=True))
    return None if len(countries) >= 2 else "A second signature, from another country, is missing."


def three_confirmations(placement: Placement) -> str | None:
    """Participant, sending contact point and host confirmed the newest version."""
    agreement = placement.agreements.first()
    confirmed = agreement.confirmations.filter(digest=agreement.digest).count() if agreement else 0
    return None if confirmed == 3 else "Not all three have confirmed the newest version."


def week_has_begun(placement: Placement) -> str | None:
    """It is Monday of the week, or later."""
    begun = clock.today() >= placement.week.starts_on
    return None if begun else "The week has not begun yet."


def days_confirmed(placement: Placement) -> str | None:
    """Three of five days are confirmed: fewer do not count as a week (design: exchanges, States)."""
    confirmed = placement.attendance.count()
    return None if confirmed >= DAYS_NEEDED else f"{confirmed} of 5 days are confirmed; three are needed."


def few_days_confirmed(placement: Placement) -> str | None:
    """Fewer than three days are confirmed: with three the week counts, and is ended instead."""
    enough = placement.attendance.count() >= DAYS_NEEDED
    return "Three days are confirmed, so the week counts. End it instead." if enough else None


def report_accepted(placement: Placement) -> str | None:
    """The report was accepted."""
    accepted = Report.objects.filter(placement=placement, state=Report.State.ACCEPTED).exists()
    return None if accepted else "The report is not accepted yet."


def report_complete(report: Report) -> str | None:
    """The sections that make a report are there."""
    missing = [words for name, words in REPORT_NEEDS.items() if not getattr(report, name).strip()]
    return f"Still to write: {', '.join(missing)}." if missing else None

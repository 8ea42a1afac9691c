"""The transition tables of the exchanges: from, verb, to, who may, and on what conditions (design: exchanges, States).

`journal.perform` obeys them; `manage.py state_diagrams` draws them.
"""

from __future__ import annotations

from typing import Any

from exchanges.domain import conditions as c
from exchanges.models import Application, Call, HostOffer, HostWeek, MatchRun, Placement, Report, Review
from portal.access.viewer import Viewer
from portal.community.domain.standing import is_contact_point
from portal.journal.errors import NotAllowed
from portal.journal.machine import Machine, Transition, by_system, register


def person_of(viewer: Viewer) -> int:
    """Return the id of the person behind `viewer`; raises `NotAllowed` where there is none."""
    if viewer.person_id is None:
        raise NotAllowed("Only a member can do this. Nothing was changed.")
    return viewer.person_id


# ── Who may ──────────────────────────────────────────────────────────────────────────────────


def office(thing: Any, viewer: Viewer) -> bool:
    """The programme office."""
    return viewer.holds("office")


def applicant(application: Application, viewer: Viewer) -> bool:
    """The person whose application it is."""
    return viewer.is_member and viewer.person_id == application.applicant_id


def sending_contact_point(application: Application, viewer: Viewer) -> bool:
    """The contact point or deputy of the applicant's country; never for oneself."""
    return viewer.person_id != application.applicant_id and is_contact_point(viewer, application.applicant.country_id)


def office_not_self(application: Application, viewer: Viewer) -> bool:
    """The programme office, never on an own application."""
    return viewer.holds("office") and viewer.person_id != application.applicant_id


def coordinator(offer: HostOffer, viewer: Viewer) -> bool:
    """The centre's host coordinator."""
    return viewer.holds("host_coordinator", f"centre:{offer.centre_id}")


def host_contact_point(offer: HostOffer, viewer: Viewer) -> bool:
    """The contact point or deputy of the host's country; never for an own offer."""
    return viewer.person_id != offer.coordinator_id and is_contact_point(viewer, offer.centre.country_id)


def week_coordinator(week: HostWeek, viewer: Viewer) -> bool:
    """The coordinator of the centre whose week it is."""
    return coordinator(week.offer, viewer)


def reviewer(review: Review, viewer: Viewer) -> bool:
    """The reviewer to whom it was assigned."""
    return viewer.is_member and viewer.person_id == review.reviewer_id


def committee(run: MatchRun, viewer: Viewer) -> bool:
    """A committee member of the call."""
    return viewer.holds("committee", f"call:{run.call_id}")


def host_of(placement: Placement, viewer: Viewer) -> bool:
    """The host coordinator of the centre where the week is spent."""
    return viewer.holds("host_coordinator", f"centre:{placement.week.offer.centre_id}")


def party(placement: Placement, viewer: Viewer) -> bool:
    """Participant, sending contact point or host."""
    application = placement.application
    return applicant(application, viewer) or sending_contact_point(application, viewer) or host_of(placement, viewer)


def host_or_office(placement: Placement, viewer: Viewer) -> bool:
    """The host, or the programme office."""
    return host_of(placement, viewer) or viewer.holds("office")


def party_or_office(placement: Placement, viewer: Viewer) -> bool:
    """Participant, sending contact point, host, or the programme office."""
    return party(placement, viewer) or viewer.holds("office")


def participant(report: Report, viewer: Viewer) -> bool:
    """The person whose week it was."""
    return applicant(report.placement.application, viewer)


def report_office(report: Report, viewer: Viewer) -> bool:
    """The programme office, never on an own report."""
    return office_not_self(report.placement.application, viewer)


OFFICE = "the programme office"
APPLICANT = "the applicant"
SENDER = "a contact point of the applicant’s country other than the applicant"
PORTAL = "the portal itself"
COMMITTEE = "a committee member of this call"
PARTY_OR_OFFICE = "participant, sending contact point, host or the programme office"
HOST_OR_OFFICE = "the host coordinator or the programme office"

# ── The tables ───────────────────────────────────────────────────────────────────────────────

S = Call.State
CALL = register(
    Machine(
        "exchanges.Call",
        Call.State,
        S.DRAFT,
        (
            Transition(
                "open",
                (S.DRAFT,),
                S.OPEN,
                office,
                OFFICE,
                (c.dates_in_order, c.weights_add_up, c.rates_chosen, c.a_week_published),
            ),
            Transition("close", (S.OPEN,), S.SCREENING, by_system, PORTAL, (c.deadline_passed,)),
            Transition("begin_review", (S.SCREENING,), S.REVIEW, office, OFFICE, (c.all_screened,)),
            Transition("begin_matching", (S.REVIEW,), S.MATCHING, office, OFFICE, (c.all_reviewed,)),
            Transition("decide", (S.MATCHING,), S.DECIDED, by_system, PORTAL, (c.run_signed,)),
            Transition("complete", (S.DECIDED,), S.COMPLETED, office, OFFICE, (c.placements_closed,)),
            Transition("cancel", (S.DRAFT, S.OPEN, S.SCREENING, S.REVIEW, S.MATCHING), S.CANCELLED, office, OFFICE),
        ),
    )
)

O = HostOffer.State  # noqa: E741 - the tables read best with one letter for a state class
HOST_OFFER = register(
    Machine(
        "exchanges.HostOffer",
        HostOffer.State,
        O.DRAFT,
        (
            Transition(
                "submit",
                (O.DRAFT, O.RETURNED),
                O.SUBMITTED,
                coordinator,
                "the centre’s host coordinator",
                (c.offer_complete, c.offer_in_time),
            ),
            Transition(
                "publish", (O.SUBMITTED,), O.PUBLISHED, host_contact_point, "the contact point of the host country"
            ),
            Transition(
                "return", (O.SUBMITTED,), O.RETURNED, host_contact_point, "the contact point of the host country"
            ),
            Transition(
                "withdraw",
                (O.DRAFT, O.SUBMITTED, O.RETURNED, O.PUBLISHED),
                O.WITHDRAWN,
                coordinator,
                "the centre’s host coordinator",
                (c.nothing_booked,),
            ),
            Transition("close", (O.PUBLISHED,), O.CLOSED, by_system, PORTAL),
        ),
    )
)

W = HostWeek.State
HOST_WEEK = register(
    Machine(
        "exchanges.HostWeek",
        HostWeek.State,
        W.OPEN,
        (
            Transition(
                "block", (W.OPEN,), W.BLOCKED, week_coordinator, "the centre’s host coordinator", (c.week_not_booked,)
            ),
            Transition("unblock", (W.BLOCKED,), W.OPEN, week_coordinator, "the centre’s host coordinator"),
            Transition(
                "cancel",
                (W.OPEN, W.BLOCKED),
                W.CANCELLED,
                week_coordinator,
                "the centre’s host coordinator",
                (c.week_not_booked,),
            ),
        ),
    )
)

A = Application.State
APPLICATION = register(
    Machine(
        "exchanges.Application",
        Application.State,
        A.DRAFT,
        (
            Transition(
                "submit",
                (A.DRAFT, A.RETURNED),
                A.SUBMITTED,
                applicant,
                APPLICANT,
                (c.may_still_be_sent, c.sections_complete),
            ),
            Transition("endorse", (A.SUBMITTED,), A.ENDORSED, sending_contact_point, SENDER, (c.call_before_review,)),
            Transition("return", (A.SUBMITTED,), A.RETURNED, sending_contact_point, SENDER, (c.call_before_review,)),
            Transition(
                "not_endorse", (A.SUBMITTED,), A.NOT_ENDORSED, sending_contact_point, SENDER, (c.call_before_review,)
            ),
            Transition("lapse", (A.SUBMITTED, A.RETURNED), A.LAPSED, by_system, PORTAL),
            Transition(
                "confirm_eligible",
                (A.ENDORSED,),
                A.ELIGIBLE,
                office_not_self,
                OFFICE,
                (c.call_before_review, c.rules_passed),
            ),
            Transition(
                "confirm_ineligible",
                (A.ENDORSED,),
                A.INELIGIBLE,
                office_not_self,
                OFFICE,
                (c.call_before_review, c.a_rule_failed),
            ),
            Transition("offer", (A.ELIGIBLE, A.WAITLISTED), A.OFFERED, by_system, PORTAL),
            Transition("waitlist", (A.ELIGIBLE,), A.WAITLISTED, by_system, PORTAL),
            Transition("place_below", (A.ELIGIBLE,), A.BELOW_THRESHOLD, by_system, PORTAL),
            Transition("not_select", (A.ELIGIBLE, A.WAITLISTED), A.NOT_SELECTED, by_system, PORTAL),
            Transition("accept", (A.OFFERED,), A.ACCEPTED, applicant, APPLICANT, (c.answer_in_time,)),
            Transition("decline", (A.OFFERED,), A.DECLINED, applicant, APPLICANT),
            Transition("expire", (A.OFFERED,), A.EXPIRED, by_system, PORTAL, (c.answer_overdue,)),
            Transition(
                "withdraw",
                (A.DRAFT, A.SUBMITTED, A.RETURNED, A.ENDORSED, A.ELIGIBLE, A.WAITLISTED),
                A.WITHDRAWN,
                applicant,
                APPLICANT,
            ),
        ),
    )
)

R = Review.State
REVIEW = register(
    Machine(
        "exchanges.Review",
        Review.State,
        R.ASSIGNED,
        (
            Transition(
                "submit",
                (R.ASSIGNED,),
                R.SUBMITTED,
                reviewer,
                "the reviewer it was assigned to",
                (c.call_in_review, c.all_scored),
            ),
            Transition(
                "decline", (R.ASSIGNED,), R.DECLINED, reviewer, "the reviewer it was assigned to", (c.call_in_review,)
            ),
        ),
    )
)

M = MatchRun.State
MATCH_RUN = register(
    Machine(
        "exchanges.MatchRun",
        MatchRun.State,
        M.QUEUED,
        (
            Transition("propose", (M.QUEUED,), M.PROPOSED, by_system, PORTAL),
            Transition("fail", (M.QUEUED,), M.FAILED, by_system, PORTAL),
            Transition("supersede", (M.QUEUED, M.PROPOSED, M.FAILED), M.SUPERSEDED, office, OFFICE),
            Transition(
                "sign", (M.PROPOSED,), M.SIGNED, committee, "a committee member of this call", (c.two_signatures,)
            ),
        ),
    )
)

P = Placement.State
PLACEMENT = register(
    Machine(
        "exchanges.Placement",
        Placement.State,
        P.PLANNED,
        (
            Transition(
                "agree",
                (P.PLANNED,),
                P.AGREED,
                party,
                "participant, sending contact point or host",
                (c.three_confirmations,),
            ),
            Transition("reopen", (P.AGREED,), P.PLANNED, party, "participant, sending contact point or host"),
            Transition("arrive", (P.AGREED,), P.UNDER_WAY, host_of, "the host coordinator", (c.week_has_begun,)),
            Transition("end", (P.UNDER_WAY,), P.REPORT_DUE, host_or_office, HOST_OR_OFFICE, (c.days_confirmed,)),
            Transition(
                "interrupt", (P.UNDER_WAY,), P.INTERRUPTED, host_or_office, HOST_OR_OFFICE, (c.few_days_confirmed,)
            ),
            Transition("no_show", (P.AGREED,), P.NO_SHOW, host_or_office, HOST_OR_OFFICE, (c.week_has_begun,)),
            Transition("complete", (P.REPORT_DUE,), P.COMPLETED, office, OFFICE, (c.report_accepted,)),
            Transition("cancel", (P.PLANNED, P.AGREED), P.CANCELLED, party_or_office, PARTY_OR_OFFICE),
        ),
    )
)

T = Report.State
REPORT = register(
    Machine(
        "exchanges.Report",
        Report.State,
        T.DRAFT,
        (
            Transition(
                "submit", (T.DRAFT, T.RETURNED), T.SUBMITTED, participant, "the participant", (c.report_complete,)
            ),
            Transition("return", (T.SUBMITTED,), T.RETURNED, report_office, OFFICE),
            Transition("accept", (T.SUBMITTED,), T.ACCEPTED, report_office, OFFICE),
        ),
    )
)

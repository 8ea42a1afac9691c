"""The mails of the exchanges, in the groups for which their readers choose."""

from portal.outbox.kinds import MailGroup, add_group, add_kinds

MINE = MailGroup(
    "applications",
    "My applications, weeks and reports",
    "From the receipt of your application to the word that your report is accepted.",
    10,
)
DECISIONS = MailGroup(
    "decisions",
    "What waits for my word",
    "Endorsements, offers to publish, reviews, signatures, agreements and reports that somebody asks you for.",
    20,
)
AROUND = MailGroup(
    "around",
    "Exchanges of my country and my centre",
    "For whoever has a part in them: who is offered a week, who goes where, what came to nothing.",
    30,
)


def register() -> None:
    """Hand the groups and kinds in; called once, when the apps are ready."""
    for group in (MINE, DECISIONS, AROUND):
        add_group(group)
    add_kinds(
        MINE.key,
        [
            "exchanges_receipt",
            "exchanges_endorsed",
            "exchanges_returned",
            "exchanges_not_endorsed",
            "exchanges_eligible",
            "exchanges_ineligible",
            "exchanges_lapsed",
            "exchanges_withdrawn",
            "exchanges_decision_offered",
            "exchanges_decision_waitlisted",
            "exchanges_decision_below",
            "exchanges_decision_not_selected",
            "exchanges_offer_reminder",
            "exchanges_report_due",
            "exchanges_report_reminder",
            "exchanges_report_returned",
            "exchanges_report_accepted",
        ],
    )
    add_kinds(
        DECISIONS.key,
        [
            "exchanges_endorse",
            "exchanges_endorse_reminder",
            "exchanges_offer_submitted",
            "exchanges_review_assigned",
            "exchanges_run_proposed",
            "exchanges_agreement_written",
            "exchanges_report_submitted",
        ],
    )
    add_kinds(
        AROUND.key,
        [
            "exchanges_offer_published",
            "exchanges_offer_returned",
            "exchanges_offer_told",
            "exchanges_offer_accepted",
            "exchanges_offer_decline",
            "exchanges_offer_expire",
            "exchanges_agreed",
            "exchanges_call_closed",
            "exchanges_report_late",
        ],
        # A week that does not take place may begin on Monday.
        urgent=["exchanges_stopped"],
    )

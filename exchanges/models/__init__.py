"""Calls, host offers, applications, reviews, match runs, placements and reports."""

from exchanges.models.applications import Application, ApplicationLanguage, Eligibility, Unavailable, Wish
from exchanges.models.calls import Call, Criterion, RateTable
from exchanges.models.hosts import HostLanguage, HostOffer, HostWeek
from exchanges.models.matches import MatchRun, Signature
from exchanges.models.placements import Agreement, Attendance, Confirmation, Placement
from exchanges.models.reports import Report
from exchanges.models.reviews import Conflict, Review, Score

__all__ = [
    "Agreement",
    "Application",
    "ApplicationLanguage",
    "Attendance",
    "Call",
    "Confirmation",
    "Conflict",
    "Criterion",
    "Eligibility",
    "HostLanguage",
    "HostOffer",
    "HostWeek",
    "MatchRun",
    "Placement",
    "RateTable",
    "Report",
    "Review",
    "Score",
    "Signature",
    "Unavailable",
    "Wish",
]

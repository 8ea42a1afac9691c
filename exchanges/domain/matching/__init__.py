"""Merit-lex matching of applicants to host weeks, exact and provable; pure Python, without Django.

The way through: decide who may go where (`eligibility`), put applicants in order (`merit`), state the
`Problem`, `solve` it, store problem, assignment and certificate, and `check` them at any time.
"""

from .certificate import Certificate, CertificateError, check
from .eligibility import (
    ApplicantFacts,
    Cefr,
    Obstacle,
    ObstacleCode,
    Skill,
    Unavailability,
    WeekFacts,
    obstacles,
)
from .merit import order_by_merit, tie_break
from .problem import Applicant, Pair, Problem, ProblemError, Week, result_hash
from .reasons import SENTENCES, Reason, ReasonCode
from .solve import Counts, Result, solve

__all__ = [
    "SENTENCES",
    "Applicant",
    "ApplicantFacts",
    "Cefr",
    "Certificate",
    "CertificateError",
    "Counts",
    "Obstacle",
    "ObstacleCode",
    "Pair",
    "Problem",
    "ProblemError",
    "Reason",
    "ReasonCode",
    "Result",
    "Skill",
    "Unavailability",
    "Week",
    "WeekFacts",
    "check",
    "obstacles",
    "order_by_merit",
    "result_hash",
    "solve",
    "tie_break",
]

"""The way of a lesson: who may take it from an observation to the shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from library.models.lessons import LessonState
from portal.access.viewer import Viewer
from portal.community.models import Role
from portal.journal.machine import Machine, Transition, register

if TYPE_CHECKING:
    from library.models import LessonPage


def keeps_lessons(lesson: LessonPage, viewer: Viewer) -> bool:
    """Return whether the viewer is the programme office, an editor, or the leader of the lesson's group."""
    leads = lesson.group_id is not None and viewer.holds(Role.TIG_LEADER, f"group:{lesson.group_id}")
    return viewer.holds(Role.OFFICE) or viewer.holds(Role.EDITOR) or leads


def saw_it_or_keeps(lesson: LessonPage, viewer: Viewer) -> bool:
    """Return whether the viewer wrote the lesson or keeps lessons."""
    wrote = viewer.is_member and lesson.author_id is not None and lesson.author_id == viewer.person_id
    return wrote or keeps_lessons(lesson, viewer)


def has_both_halves(lesson: LessonPage) -> str | None:
    """Condition: a lesson says what was seen and what is done differently."""
    if lesson.seen.strip() and lesson.differently.strip():
        return None
    return "A lesson says what was seen and what is done differently; one of the two is missing."


KEEPERS = "the programme office, an editor or the leader of the group"

LESSON = register(
    Machine(
        model="library.LessonPage",
        states=LessonState,
        start=LessonState.OBSERVATION,
        transitions=(
            Transition(
                verb="identify",
                source=(LessonState.OBSERVATION,),
                target=LessonState.IDENTIFIED,
                who=saw_it_or_keeps,
                who_words="the author, the programme office, an editor or the leader of the group",
            ),
            Transition(
                verb="publish",
                source=(LessonState.IDENTIFIED,),
                target=LessonState.VALIDATED,
                who=keeps_lessons,
                who_words=KEEPERS,
                conditions=(has_both_halves,),
            ),
            Transition(
                verb="withdraw",
                source=(LessonState.OBSERVATION, LessonState.IDENTIFIED, LessonState.VALIDATED),
                target=LessonState.WITHDRAWN,
                who=keeps_lessons,
                who_words=KEEPERS,
            ),
        ),
    )
)

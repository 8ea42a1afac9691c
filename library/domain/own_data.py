"""Lessons that a member wrote. For `portal.accounts.personal`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from library.models import LessonPage
from portal.accounts.models import User
from portal.accounts.personal import Copy, PersonalData, chosen, register


def _lessons(user: User) -> Copy:
    rows = LessonPage.objects.filter(author__user=user).select_related("centre").order_by("pk")
    names = ("identifier", "title", "state", "seen", "differently", "takeaway", "author_credit", "centre", "reference")
    return Copy([chosen(row, *names, "public_agreed", "first_published_at") for row in rows])


def _forget(user: User, alias: str) -> int:
    """Take the name off; the lesson is credited as it always was to the public, by function and country."""
    return LessonPage.objects.filter(author__user=user).update(author=None)


def _rows(user: User) -> Iterable[models.Model]:
    return LessonPage.objects.filter(author__user=user)


def hand_in() -> None:
    """Register the part of the library; called once, when the apps are ready."""
    register(
        PersonalData(
            "lessons",
            "Lessons",
            58,
            _lessons,
            _forget,
            keeps="The lesson, credited by function and country: it was given to the community.",
            tables=("library.LessonPage",),
            about=_rows,
        )
    )

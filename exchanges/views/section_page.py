"""One section of an application as a page: opened, saved with mistakes, or changed elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from exchanges.domain import applications, desk, sections, wishes
from exchanges.forms.sections import PLAIN_FORMS, LanguagesSection, WeeksSection, mark_missing
from exchanges.models import Application, HostWeek
from exchanges.views import kept
from exchanges.views.common import APPLICATION_ZONE, EXCHANGES
from exchanges.views.saving import clock_time, version_of
from exchanges.views.week_lists import week_lists
from portal.web.words import in_words

TEMPLATES = {
    sections.Key.LANGUAGES: "exchanges/apply/languages.html",
    sections.Key.WEEKS: "exchanges/apply/weeks.html",
    sections.Key.SEND: "exchanges/apply/check.html",
}


class SectionPage:
    """Draws one section. `application` comes from `wishes.with_facts`, and is renewed after a save."""

    def __init__(self, *, request: HttpRequest, application: Application, key: sections.Key) -> None:
        self.request = request
        self.application = application
        self.key = key
        self.section = sections.BY_KEY[key]
        self.url = reverse("exchanges:section", kwargs={"pk": application.pk, "key": key})
        #: The version that the form on the page starts from: the posted one, until something was saved.
        self.version = version_of(request) if request.method == "POST" else application.version

    def renew(self, application: Application) -> None:
        """Go on from what was just saved."""
        self.application = application
        self.version = application.version

    def form(self, data: QueryDict | None = None, *, more: bool = False, without: int | None = None) -> Any:
        """Return the section's form; `more` adds a row, `without` takes one out."""
        if self.key == sections.Key.LANGUAGES:
            return LanguagesSection(data, instance=self.application, more=int(more), without=without)
        if self.key == sections.Key.WEEKS:
            left_out = [(row.week, row.reason) for row in self.board().left_out]
            return WeeksSection(data, instance=self.application, left_out=left_out, more=int(more), without=without)
        return PLAIN_FORMS[self.key](data, instance=self.application)

    @cached_property
    def weeks(self) -> list[HostWeek]:
        """The call's published weeks."""
        return wishes.published_weeks(self.application.call)

    def board(self) -> wishes.Board:
        """Return every week as the applicant sees it now."""
        self.application = wishes.with_facts(self.application)
        return wishes.board(self.application, weeks=self.weeks)

    def opened(self, *, form: Any = None, status: int = 200) -> HttpResponse:
        """Show the section as it is kept, or `form` with its mistakes; what was typed while signed out comes back."""
        was_kept = False
        if form is None:
            typed = kept.kept(self.request, pk=self.application.pk, key=self.key)
            if typed is not None and "fresh" in self.request.GET:
                kept.forget(self.request, pk=self.application.pk, key=self.key)
                typed = None
            form = self.form(typed, more="more" in self.request.GET)
            if typed is not None:
                was_kept = True
                given = typed.get("version", "")
                self.version = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
        return self._render(form, status=status, was_kept=was_kept)

    def not_saved(self, *problems: str, status: int) -> HttpResponse:
        """Show what was typed again, with the reasons why it is not kept yet."""
        return self._render(self.form(self.request.POST), status=status, problems=problems)

    def clash(self, theirs: Application) -> HttpResponse:
        """Show both texts: what was typed here, ready to be saved over the newer one, and what stands there."""
        newer = SectionPage(request=self.request, application=wishes.with_facts(theirs), key=self.key)
        self.version = theirs.version
        return self._render(
            self.form(self.request.POST),
            status=409,
            theirs={"saved_at": clock_time(theirs), "answers": kept.typed(_as_query(newer.values()))},
        )

    def again(self, *, more: bool) -> HttpResponse:
        """Open the section again after a row was added or taken out."""
        return redirect(f"{self.url}{'?more=1' if more else ''}#rows")

    def next(self) -> HttpResponse:
        """Go on to the next section that needs something, from here on and round; at the end to check and send."""
        rows = sections.progress(wishes.with_facts(self.application), weeks=self.weeks)
        here = sections.SECTIONS.index(self.section)
        following = [*rows[here + 1 :], *rows[:here]]
        key = next((row.section.key for row in following if not row.complete), sections.Key.SEND)
        return redirect("exchanges:section", pk=self.application.pk, key=key)

    def values(self) -> dict[str, str]:
        """Return what is kept, by the name of the control, as a browser would post it."""
        section = self.form()
        return {
            form.add_prefix(name): _as_posted(form[name].value())
            for form in getattr(section, "forms", [section])
            for name in form.fields
        }

    def _render(
        self,
        form: Any,
        *,
        status: int,
        problems: Sequence[str] = (),
        theirs: dict[str, Any] | None = None,
        was_kept: bool = False,
    ) -> HttpResponse:
        application = self.application = wishes.with_facts(self.application)
        progress = sections.progress(application, weeks=self.weeks)
        current = next(row for row in progress if row.section is self.section)
        missing: tuple[sections.Missing, ...] = ()
        if not form.is_bound and current.started:
            missing = current.missing
            mark_missing(form, {row.control: row.words for row in missing})
        context: dict[str, Any] = {
            "zone": APPLICATION_ZONE,
            "crumbs": [EXCHANGES, (str(application.call), application.call.get_absolute_url())],
            "application": application,
            "call": application.call,
            "section": self.section,
            "number": current.number,
            "count": len(progress),
            "tasks": self._tasks(progress),
            "heading": f"{sum(row.complete for row in progress)} of {len(progress)} sections are complete",
            "form": form,
            "mend": _mistakes(form) if form.is_bound else [(row.control, row.words) for row in missing],
            "saves": form.is_bound,
            "problems": problems,
            "theirs": theirs,
            "was_kept": was_kept,
            "version": self.version,
            "saved_at": clock_time(application),
            "steps": desk.next_steps(application),
            "again_until": applications.again_until(application),
            "autosave_url": reverse("exchanges:autosave", kwargs={"pk": application.pk, "key": self.key}),
        }
        if self.key == sections.Key.WEEKS:
            context |= week_lists(self.board(), form.reason_fields)
        if self.key == sections.Key.SEND:
            context |= self._check(application, progress)
        return render(self.request, TEMPLATES.get(self.key, "exchanges/apply/section.html"), context, status=status)

    def _check(self, application: Application, progress: list[sections.Progress]) -> dict[str, Any]:
        """Return what the last section shows: every answer with the way back to it."""
        others = [row for row in progress if row.section.key != sections.Key.SEND]
        titles = desk.answers(application, self.request.viewer)  # type: ignore[attr-defined]
        order = (
            sections.Key.ABOUT,
            sections.Key.CENTRE,
            sections.Key.LANGUAGES,
            sections.Key.MANAGER,
            sections.Key.NEEDS,
        )
        keyed = [(title, rows, self._url(key)) for (title, rows), key in zip(titles, order, strict=True)]
        return {
            "answers": keyed,
            "board": self.board(),
            "weeks_url": self._url(sections.Key.WEEKS),
            "open_sections": [
                (row.section.title, self._url(row.section.key), [item.words for item in row.missing])
                for row in others
                if not row.complete
            ],
        }

    def _url(self, key: sections.Key) -> str:
        return reverse("exchanges:section", kwargs={"pk": self.application.pk, "key": key})

    def _tasks(self, progress: list[sections.Progress]) -> list[dict[str, Any]]:
        return [
            {
                "title": row.section.title,
                "state": _state(row, progress),
                "url": self._url(row.section.key),
                "current": row.section is self.section,
                "needs": row.started and not row.complete and row.section.key != sections.Key.SEND,
            }
            for row in progress
        ]


def _state(row: sections.Progress, progress: list[sections.Progress]) -> str:
    if row.section.key == sections.Key.SEND:
        left = sum(not other.complete for other in progress if other is not row)
        return f"{in_words(left).capitalize()} to go" if left else "Ready"
    if row.complete:
        return "Complete"
    return f"{len(row.missing)} to mend" if row.started else "Not started"


def _mistakes(section: Any) -> list[tuple[str, str]]:
    return [
        (f"id_{form.add_prefix(name)}" if name in form.fields else "", str(message))
        for form in getattr(section, "forms", [section])
        for name, errors in form.errors.items()
        for message in errors
    ]


def _as_posted(value: Any) -> str:
    if value is True:
        return "on"
    return "" if value in (None, False) else str(value)


def _as_query(values: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query

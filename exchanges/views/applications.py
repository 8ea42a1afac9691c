"""The shift leader's own pages: sections in any order, check and send, what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchanges.domain import applications, desk, eligibility, queries, sections, wishes
from exchanges.domain.drafts import WRITABLE, may_write
from exchanges.domain.versions import StaleVersion
from exchanges.models import Application
from exchanges.views import kept, weeks_page
from exchanges.views.common import APPLICATION_ZONE, EXCHANGES, keeps_typed, posted_number
from exchanges.views.saving import saved, stale, version_of
from exchanges.views.section_page import SectionPage
from portal.accounts.decorators import member_required
from portal.journal.errors import ConditionFailed, IllegalTransition, JournalError
from portal.web.dates import brussels

#: States from which the applicant may go.
WITHDRAWABLE = (
    Application.State.DRAFT,
    Application.State.SUBMITTED,
    Application.State.RETURNED,
    Application.State.ENDORSED,
    Application.State.ELIGIBLE,
    Application.State.WAITLISTED,
)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def section_page(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show a section; POST keeps what is valid in it and goes on to the next one that needs something."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if key not in sections.BY_KEY or (viewer.signed_in and not viewer.is_member):
        raise Http404
    if not viewer.is_member:
        return _visited(request, pk, key)
    page = SectionPage(request=request, application=_own(request, pk), key=sections.Key(key))
    if request.method == "POST":
        return _posted(page)
    if not may_write(page.application, viewer):
        messages.info(request, "Your application is sent and stays as it is. You can read it here.")
        return redirect(page.application)
    return page.opened()


def _visited(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Answer somebody whose session is gone: what was typed is kept, or the way leads to signing in."""
    if request.method == "POST" and not request.stale_token:  # type: ignore[attr-defined]
        return kept.signed_out(request, pk=pk, key=key)
    return redirect_to_login(request.path)


def _posted(page: SectionPage) -> HttpResponse:
    """Save, and answer whatever stands in the way with what was typed still on the page."""
    request, application = page.request, page.application
    if request.stale_token:  # type: ignore[attr-defined]
        return page.not_saved("You signed in again since this page was opened, so it was not saved yet.", status=403)
    kept.forget(request, pk=application.pk, key=page.key)
    try:
        return _save(page)
    except StaleVersion as newer:
        return page.clash(newer.theirs)  # type: ignore[arg-type]
    except ConditionFailed as error:
        application.refresh_from_db(fields=["state", "submitted_at"])
        if page.key == sections.Key.SEND and application.state == Application.State.SUBMITTED:
            # Two clicks, two tabs: the first one sent it, and there is one receipt.
            return redirect("exchanges:sent", pk=application.pk)
        if application.state in WRITABLE:
            return page.not_saved(*error.problems, status=409)
        context = {"zone": APPLICATION_ZONE, "problems": error.problems, "typed": kept.typed(request.POST)}
        return render(request, "exchanges/apply/too_late.html", {**context, "application": application}, status=409)


def _save(page: SectionPage) -> HttpResponse:
    """Keep the section and answer: the next section, the same one with its mistakes, or the receipt."""
    request, application = page.request, page.application
    viewer = request.viewer  # type: ignore[attr-defined]
    if page.key == sections.Key.WEEKS:
        return weeks_page.save(page)
    form = page.form(request.POST, more="add" in request.POST, without=posted_number(request, "remove"))
    mistakes = not form.is_valid()
    page.renew(
        applications.save_section(
            application=application, section=page.key, data=form.valid_data, version=page.version, by=viewer
        )
    )
    if page.key == sections.Key.SEND and (missing := sections.missing_in(page.application, page.section)):
        form.flag({row.control.removeprefix("id_"): row.words for row in missing})
        mistakes = True
    if mistakes:
        return page.opened(form=form, status=400)
    if "add" in request.POST or "remove" in request.POST:
        return page.again(more="add" in request.POST)
    if page.key == sections.Key.SEND:
        return _send(page)
    messages.success(request, f"Saved: {page.section.title}.")
    return page.next()


def _send(page: SectionPage) -> HttpResponse:
    viewer = page.request.viewer  # type: ignore[attr-defined]
    try:
        application = applications.submit(application=page.application, by=viewer)
    except IllegalTransition:
        return redirect("exchanges:sent", pk=page.application.pk)
    except ConditionFailed as error:
        return page.not_saved(*error.problems, status=409)
    return redirect("exchanges:sent", pk=application.pk)


@keeps_typed
@require_POST
def autosave(request: HttpRequest, pk: int, key: str) -> JsonResponse:
    """Keep what is valid of a section while it is written; see static/web/js/autosave.js for the answers."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if key not in sections.BY_KEY or key == sections.Key.SEND:
        raise Http404
    if not viewer.is_member:
        return JsonResponse({"message": "You are signed out. Sign in in another tab, then go on here"}, status=401)
    application = _own(request, pk)
    if request.stale_token:  # type: ignore[attr-defined]
        words = "You signed in again since this page was opened. Press “Save and go on” once"
        return JsonResponse({"message": words}, status=403)
    page = SectionPage(request=request, application=application, key=sections.Key(key))
    form = page.form(request.POST)
    form.is_valid()
    try:
        fresh = applications.save_section(
            application=application, section=key, data=form.valid_data, version=version_of(request), by=viewer
        )
    except StaleVersion as newer:
        theirs: Any = newer.theirs
        return stale(theirs, SectionPage(request=request, application=wishes.with_facts(theirs), key=page.key).values())
    except JournalError as error:
        return JsonResponse({"message": " ".join(error.problems)}, status=403)
    return saved(fresh, form)


@member_required
@require_GET
def application_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application: to its applicant with the next step; contact points and office have pages of their own."""
    viewer = request.viewer  # type: ignore[attr-defined]
    application = get_object_or_404(queries.application_for(viewer), pk=pk)
    own = application.applicant_id == viewer.person_id
    if not own and application.submitted_at and application.applicant.country_id in queries.countries_of(viewer):
        return redirect("exchanges:endorsement", pk=pk)
    if not own and viewer.holds("office"):
        return redirect("exchanges:eligibility", pk=pk)
    if own and application.state == Application.State.DRAFT and application.submitted_at is None:
        return redirect("exchanges:section", pk=pk, key=_next_key(application))
    context = {
        "zone": APPLICATION_ZONE if own else {**APPLICATION_ZONE, "title": "An application."},
        "crumbs": [EXCHANGES, (str(application.call), application.call.get_absolute_url())],
        "application": application,
        "own": own,
        "may_write": may_write(application, viewer),
        "may_withdraw": own and application.state in WITHDRAWABLE,
        "board": wishes.ranked_rows(application),
        "answers": desk.answers(application, viewer),
        "results": eligibility.confirmed(application),
        "steps": desk.next_steps(application),
        "until": applications.endorse_by(application),
        "again_until": applications.again_until(application),
    }
    return render(request, "exchanges/apply/application.html", context)


@member_required
@require_GET
def sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that it arrived: number, what happens next, and when."""
    application = _own(request, pk)
    if application.submitted_at is None or application.state in WRITABLE:
        return redirect("exchanges:application", pk=pk)
    context = {
        "zone": APPLICATION_ZONE,
        "crumbs": [EXCHANGES, (str(application.call), application.call.get_absolute_url())],
        "application": application,
        "arrived": f"It arrived on {brussels(application.submitted_at)}. "
        "A letter with the same words is on its way to you.",
        "steps": desk.next_steps(application),
        "actions": [
            ("Read your application", application.get_absolute_url()),
            ("Back to the call", application.call.get_absolute_url()),
        ],
    }
    return render(request, "exchanges/apply/sent.html", context)


@member_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then withdraw."""
    application = _own(request, pk)
    if request.method == "POST":
        applications.withdraw(application=application, by=request.viewer)  # type: ignore[attr-defined]
        messages.success(request, f"Your application to {application.call} is withdrawn.")
        return redirect("exchanges:index")
    if application.state not in WITHDRAWABLE:
        raise IllegalTransition(
            f"Your application is now “{application.get_state_display()}” and can no longer be withdrawn here."
        )
    context = {
        "zone": APPLICATION_ZONE,
        "crumbs": [EXCHANGES, (str(application.call), application.call.get_absolute_url())],
        "application": application,
    }
    return render(request, "exchanges/apply/withdraw.html", context)


def _own(request: HttpRequest, pk: int) -> Application:
    """Return the viewer's own application with all that the rules ask; 404 for anybody else's."""
    viewer = request.viewer  # type: ignore[attr-defined]
    return get_object_or_404(wishes.facts_queryset().filter(applicant_id=viewer.person_id), pk=pk)


def _next_key(application: Application) -> str:
    rows = sections.progress(application)
    return next((row.section.key for row in rows if not row.complete), sections.Key.SEND)

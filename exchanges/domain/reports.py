"""The report, and the lesson that goes from it into the library."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from exchanges.domain.conditions import REPORT_NEEDS
from exchanges.domain.once import perform_once
from exchanges.domain.versions import claim
from exchanges.models import Placement, Report
from library.domain.lessons import draft_lesson, publish_lesson
from portal.access import clock
from portal.access.labels import TLP, Audience
from portal.access.viewer import Viewer
from portal.community.domain.standing import people_with
from portal.community.models import Role
from portal.files.domain.store import remove, store
from portal.files.models import Attachment
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.outbox.post import link, post

#: States in which the participant writes.
WRITABLE = (Report.State.DRAFT, Report.State.RETURNED)
MOST_FILES = 10
#: What the participant writes, by field name.
FIELDS = ("seen", "differently", "conditions", "lesson_title", "lesson", "lesson_public")


def save(*, report: Report, data: Mapping[str, object], version: int, by: Viewer) -> Report:
    """Keep a report as far as it is written. Raises `NotAllowed`, `ConditionFailed` or `StaleVersion`."""
    if by.person_id != report.placement.application.applicant_id or not by.is_member:
        raise NotAllowed("Only the participant writes the report.")
    with transaction.atomic():
        fresh = claim(model=Report, pk=report.pk, version=version)
        if fresh.state not in WRITABLE:
            raise ConditionFailed(f"The report is “{fresh.get_state_display()}” and stays as it is.")
        for name in FIELDS:
            if name in data:
                setattr(fresh, name, data[name])
        fresh.save()
    return fresh


def attach(*, report: Report, upload: UploadedFile, by: Viewer) -> Attachment:
    """Keep a photo or document with the report. Raises `NotAllowed`, `ConditionFailed` or `FileRefused`."""
    with transaction.atomic():
        fresh = _open_for(report, by)
        if Attachment.objects.of(fresh).count() >= MOST_FILES:
            raise ConditionFailed(f"A report has at most {MOST_FILES} files. Remove one first.")
        return store(upload=upload, owner=fresh, by=by)


def detach(*, report: Report, attachment: Attachment, by: Viewer) -> None:
    """Take a file out of the report. Raises `NotAllowed` or `ConditionFailed`."""
    with transaction.atomic():
        remove(attachment=Attachment.objects.of(_open_for(report, by)).get(pk=attachment.pk), by=by)


def _open_for(report: Report, by: Viewer) -> Report:
    """Return the locked row of a report that `by` may still write in."""
    fresh = Report.objects.select_for_update().get(pk=report.pk)
    if by.person_id != fresh.placement.application.applicant_id or not by.is_member:
        raise NotAllowed("Only the participant writes the report.")
    if fresh.state not in WRITABLE:
        raise ConditionFailed(f"The report is “{fresh.get_state_display()}” and stays as it is.")
    return fresh


def submit(*, report: Report, by: Viewer) -> Report:
    """Send a report to the programme office."""

    def stamp(fresh: Report) -> None:
        fresh.submitted_at = clock.now()
        for person in people_with(role=Role.OFFICE):
            post(
                to=person.user.email,
                user_id=person.user_id,
                template="exchanges_report_submitted",
                context={"person": person, "report": fresh, "link": link(fresh.get_absolute_url())},
                about=fresh,
                tlp=TLP.AMBER,
            )

    return perform_once(thing=report, verb="submit", by=by, effect=stamp)


def missing(report: Report) -> dict[str, str]:
    """Return the fields without which a report cannot be sent, each with the words that ask for it."""
    return {name: words for name, words in REPORT_NEEDS.items() if not getattr(report, name).strip()}


def return_to_participant(*, report: Report, by: Viewer, comment: str) -> Report:
    """Send a report back with a comment."""
    if not comment.strip():
        raise ConditionFailed("Say in a sentence what is missing.")

    def note(fresh: Report) -> None:
        fresh.comment = comment
        _tell(report=fresh, template="exchanges_report_returned")

    return perform_once(thing=report, verb="return", by=by, reason=comment, effect=note)


def accept(*, report: Report, by: Viewer, public: bool) -> Placement:
    """Accept a report: its lesson stands in the library, and the placement is completed.

    `public` publishes the lesson as TLP:CLEAR for anyone, which needs the participant's consent (`lesson_public`);
    otherwise it is TLP:GREEN, for members. Twice is once. Raises `NotAllowed`, `IllegalTransition` or
    `ConditionFailed`.
    """
    if public and not report.lesson_public:
        raise ConditionFailed("The participant has not agreed to a public lesson.")

    def publish(fresh: Report) -> None:
        application = fresh.placement.application
        lesson = draft_lesson(
            title=fresh.lesson_title,
            seen=fresh.seen,
            differently=fresh.differently,
            takeaway=fresh.lesson,
            author=application.applicant,
            centre=fresh.placement.week.offer.centre,
            reference=str(application),
            public=fresh.lesson_public,
            by=by,
        )
        publish_lesson(
            lesson=lesson,
            tlp=TLP.CLEAR if public else TLP.GREEN,
            audience=Audience.PUBLIC if public else Audience.MEMBERS,
            by=by,
        )
        fresh.lesson_page = lesson
        _tell(report=fresh, template="exchanges_report_accepted")

    with transaction.atomic():
        accepted = perform_once(thing=report, verb="accept", by=by, data={"public": public}, effect=publish)
        return perform_once(thing=accepted.placement, verb="complete", by=by)


def _tell(*, report: Report, template: str) -> None:
    applicant = report.placement.application.applicant
    post(
        to=applicant.user.email,
        user_id=applicant.user_id,
        template=template,
        context={
            "person": applicant,
            "report": report,
            "link": link(report.get_absolute_url()),
            "lesson_link": link(report.lesson_page.url or "/library/") if report.lesson_page else "",
        },
        about=report,
        tlp=TLP.AMBER,
    )

"""What an applicant, a participant, a reviewer and a contact point take along, and what never."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings

from exchanges.domain import reviews
from exchanges.models import Application, Conflict, Report, Review
from portal.access.viewer import SYSTEM
from portal.accounts import personal
from portal.community.models import Person
from portal.files.models import Attachment
from portal.journal.errors import ConditionFailed
from portal.outbox.post import held_back
from portal.privacy.domain import people
from portal.privacy.models import Why
from tests.exchanges import factories, factories_decide
from tests.factories import person, viewer
from tests.portal.files.makers import picture, upload


def copied(member: Person, key: str) -> Any:
    part = next(part for part in personal.parts() if part.key == key)
    return json.loads(json.dumps(list(part.export(member.user).records), default=str))


def everything_copied(member: Person) -> str:
    rows = {part.key: list(part.export(member.user).records) for part in personal.parts()}
    return json.dumps(rows, default=str, ensure_ascii=False)


def applicant() -> Person:
    return Application.objects.get().applicant


def test_an_applicant_takes_along_what_the_page_shows(db: None) -> None:
    factories_decide.decided()
    (found,) = copied(applicant(), "applications")
    row = Application.objects.get()
    assert (found["application"], found["aim"], found["phone"]) == (str(row), row.aim, row.phone)
    assert (found["place_by_merit"], found["offered_week"]) == (1, str(row.offered_week))
    assert {it["language"] for it in found["languages"]} == {"English"}
    assert len(found["host_weeks"]) == row.wishes.count()
    assert {it["passed"] for it in found["eligibility"]} == {True}


def test_an_applicant_takes_no_review_along_and_no_reviewer(db: None) -> None:
    call = factories_decide.in_review()
    names = [factories_decide.reviewer(code, f"Secret Reviewer {code}").name for code in ("NL", "ES")]
    conflicted = factories_decide.reviewer("PT", "Conflicted Reviewer")
    reviews.assign(call=call, by=factories_decide.office())
    for review in Review.objects.all():
        factories_decide.write(review, 7, comment="A blind word about the applicant.")
    application = Application.objects.get()
    Conflict.objects.create(application=application, reviewer=conflicted, reason="We were married once.")
    Application.objects.update(national_rank=3, merit=70)
    text = everything_copied(application.applicant)
    assert application.aim in text
    for secret in (*names, "Conflicted Reviewer", "blind word", "married", '"national_rank"', '"merit"'):
        assert secret not in text


def test_a_reviewer_takes_along_that_and_not_what(db: None) -> None:
    factories_decide.reviewed()
    review = Review.objects.select_related("reviewer").first()
    assert review is not None
    Review.objects.filter(pk=review.pk).update(comment="A blind word about the applicant.")
    text = everything_copied(review.reviewer)
    (tasks,) = copied(review.reviewer, "tasks")
    assert [it["application"] for it in tasks["reviews"]] == [str(Application.objects.get())]
    applicant_name = applicant().name
    assert not any(secret in text for secret in ("blind word", applicant_name, applicant().user.email))


def test_a_contact_point_takes_along_endorsements_without_names(db: None) -> None:
    factories_decide.in_review()
    row = Application.objects.get()
    Application.objects.update(comment="A word of the contact point.")
    ncp = row.endorsed_by
    assert ncp is not None
    (tasks,) = copied(ncp, "tasks")
    text = everything_copied(ncp)
    assert tasks["endorsed"] == [str(row)]
    assert not any(secret in text for secret in (row.applicant.name, row.aim, row.emergency_name, "A word of the"))


def test_a_participant_takes_along_week_report_and_files(db: None, settings: LazySettings, tmp_path: Any) -> None:
    settings.PROTECTED_ROOT = tmp_path
    report = factories_decide.report_due()
    by = factories_decide.participant(report.placement)
    from exchanges.domain import reports

    reports.attach(report=report, upload=upload("plan.jpg", picture()), by=by)
    kept = reports.save(report=report, data=factories_decide.REPORT, version=report.version, by=by)
    reports.submit(report=kept, by=by)
    part = next(part for part in personal.parts() if part.key == "stays")
    copy = part.export(applicant().user)
    (found,) = copied(applicant(), "stays")
    assert (found["report"]["lesson"], len(found["days"])) == (factories_decide.REPORT["lesson"], 5)
    assert found["agreement"][0]["objectives"] == "See the room."
    assert [file.name for file in copy.files] == [f"report-{report.pk}-1-plan.jpg"]
    assert copy.files[0].path.is_file()


def test_forgetting_keeps_the_decision_and_nothing_that_was_written(db: None) -> None:
    call = factories_decide.decided(("LV", "PT"))
    row = call.applications.select_related("applicant__user").get(applicant__country_id="LV")
    Application.objects.filter(pk=row.pk).update(state=Application.State.DECLINED, emergency_name="Aunt Zelma")
    before = Application.objects.get(pk=row.pk)
    Review.objects.filter(application=row).update(comment="A word about the applicant.")
    other = call.applications.get(applicant__country_id="PT")
    departure = people.forget(user=row.applicant.user, by=SYSTEM, why=Why.ASKED)
    after = Application.objects.select_related("applicant", "endorsed_by").get(pk=row.pk)
    assert after.applicant.name == departure.alias
    kept = ("number", "state", "merit", "position", "endorsed_by_id", "submitted_at", "offered_week_id")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert before.merit is not None
    texts = ("aim", "shift", "bring_home", "phone", "emergency_name", "manager_name", "manager_email", "needs")
    assert [getattr(after, name) for name in texts] == [""] * len(texts)
    assert after.languages.count() == 0
    assert {it.words for it in after.eligibility.all()} == {"Forgotten"}
    assert {it.comment for it in after.reviews.all()} == {"Forgotten"}
    assert {it.scores.count() for it in after.reviews.all()} == {2}
    # Nobody else's application is touched.
    assert Application.objects.get(pk=other.pk).aim == other.aim != ""
    assert {it.comment for it in other.reviews.all()} == {"Good."}


def test_a_forgotten_reviewer_keeps_the_reviews_under_an_empty_name(db: None) -> None:
    factories_decide.decided()
    review = Review.objects.select_related("reviewer__user").first()
    assert review is not None
    departure = people.forget(user=review.reviewer.user, by=SYSTEM, why=Why.ASKED)
    after = Review.objects.select_related("reviewer").get(pk=review.pk)
    assert (after.reviewer.name, after.comment, after.state) == (departure.alias, "Good.", "submitted")


def test_a_draft_goes_with_its_writer(db: None) -> None:
    call = factories.open_call()
    member = person("Ilze", "LV", languages={"en": "C1"})
    from exchanges.domain import applications

    applications.start(call=call, by=viewer(member))
    people.forget(user=member.user, by=SYSTEM, why=Why.ASKED)
    assert Application.objects.count() == 0


def test_files_of_a_report_go_and_its_text_stays_once_accepted(db: None, settings: LazySettings, tmp_path: Any) -> None:
    settings.PROTECTED_ROOT = tmp_path
    from exchanges.domain import reports

    factories_decide.open_library()
    report = factories_decide.report_due()
    by = factories_decide.participant(report.placement)
    reports.attach(report=report, upload=upload("plan.jpg", picture()), by=by)
    kept = reports.save(report=report, data=factories_decide.REPORT, version=report.version, by=by)
    sent = reports.submit(report=kept, by=by)
    with held_back():
        reports.accept(report=sent, by=factories_decide.office(), public=True)
    people.forget(user=applicant().user, by=SYSTEM, why=Why.TIME)
    after = Report.objects.select_related("lesson_page").get()
    assert (after.lesson, Attachment.objects.of(after).count()) == (factories_decide.REPORT["lesson"], 0)
    assert after.lesson_page is not None
    assert after.lesson_page.author is None
    assert after.lesson_page.author_credit == "A member, Latvia"


@pytest.mark.parametrize("what", ["application", "week", "review", "guests"])
def test_nobody_is_forgotten_in_the_middle_of_something(db: None, what: str) -> None:
    if what == "review":
        call = factories_decide.in_review()
        factories_decide.reviewer("NL")
        factories_decide.reviewer("ES")
        reviews.assign(call=call, by=factories_decide.office())
        who = Review.objects.select_related("reviewer").first().reviewer  # type: ignore[union-attr]
    elif what == "application":
        factories_decide.in_review()
        who = applicant()
    else:
        placement = factories_decide.planned()
        who = placement.week.offer.coordinator if what == "guests" else applicant()
    with pytest.raises(ConditionFailed):
        people.forget(user=who.user, by=SYSTEM, why=Why.TIME)
    assert Person.objects.get(pk=who.pk).name == who.name

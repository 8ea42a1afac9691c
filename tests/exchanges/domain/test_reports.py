"""The report, its files, and the lesson that goes from it into the library."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from exchanges.domain import reports
from exchanges.domain.versions import StaleVersion
from exchanges.models import Placement, Report
from library.models import LessonPage
from portal.access import clock
from portal.access.models import can_view
from portal.access.viewer import ANONYMOUS
from portal.files.models import Attachment
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests.exchanges import factories_decide as make
from tests.factories import viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later(db, settings, tmp_path):
    settings.PROTECTED_ROOT = str(tmp_path)
    make.open_library()
    with clock.at(make.LATER):
        yield


def test_save_keeps_what_is_not_named_and_counts_versions():
    report = make.report_due()
    by = make.participant(report.placement)
    kept = reports.save(report=report, data={"seen": "Two screens."}, version=1, by=by)
    kept = reports.save(report=report, data={"lesson": "Write it before."}, version=kept.version, by=by)
    assert (kept.seen, kept.lesson, kept.version) == ("Two screens.", "Write it before.", 3)
    with pytest.raises(StaleVersion) as clash:
        reports.save(report=report, data={"seen": "Mine."}, version=2, by=by)
    assert clash.value.theirs.seen == "Two screens."


def test_save_is_the_participants():
    report = make.report_due()
    for by in (make.office(), make.speaker("LV"), make.host(report.placement)):
        with pytest.raises(NotAllowed):
            reports.save(report=report, data={"seen": "Theirs."}, version=1, by=by)


def test_submit_names_what_is_missing():
    report = make.report_due()
    by = make.participant(report.placement)
    reports.save(report=report, data={"seen": "Two screens."}, version=1, by=by)
    with pytest.raises(ConditionFailed) as refusal:
        reports.submit(report=report, by=by)
    assert refusal.value.problems == ["Still to write: what is done differently, the lesson’s title, the lesson."]


def test_submit_twice_is_one_report_and_then_it_stays():
    make.office()
    report = make.written()
    by = make.participant(report.placement)
    assert reports.submit(report=report, by=by).submitted_at == report.submitted_at
    assert Mail.objects.filter(kind="exchanges_report_submitted").count() == 1
    with pytest.raises(ConditionFailed, match="“With the office” and stays as it is"):
        reports.save(report=report, data={"seen": "Later."}, version=report.version, by=by)


def test_returned_with_a_comment_written_again_and_accepted():
    report = make.written()
    with pytest.raises(ConditionFailed, match="what is missing"):
        reports.return_to_participant(report=report, by=make.office(), comment=" ")
    returned = reports.return_to_participant(report=report, by=make.office(), comment="Which message?")
    assert (returned.state, returned.comment) == ("returned", "Which message?")
    by = make.participant(report.placement)
    kept = reports.save(report=returned, data={"seen": "The prepared one."}, version=returned.version, by=by)
    again = reports.submit(report=kept, by=by)
    placement = reports.accept(report=again, by=make.office(), public=False)
    assert (placement.state, Report.objects.get().state) == ("completed", "accepted")


def test_accepted_for_anyone_with_consent():
    report = make.written(lesson_public=True)
    reports.accept(report=report, by=make.office(), public=True)
    lesson = LessonPage.objects.get()
    assert (lesson.live, lesson.title, lesson.seen) == (True, make.REPORT["lesson_title"], make.REPORT["seen"])
    assert (lesson.access_rule.rule.tlp, lesson.access_rule.rule.audience) == ("TLP:CLEAR", "public")
    assert can_view(ANONYMOUS, lesson)
    assert Report.objects.get().lesson_page == lesson


def test_accepted_for_members_with_or_without_consent():
    report = make.written(lesson_public=False)
    with pytest.raises(ConditionFailed, match="has not agreed to a public lesson"):
        reports.accept(report=report, by=make.office(), public=True)
    assert LessonPage.objects.count() == 0
    reports.accept(report=report, by=make.office(), public=False)
    lesson = LessonPage.objects.get()
    assert (lesson.access_rule.rule.tlp, lesson.access_rule.rule.audience) == ("TLP:GREEN", "members")
    assert can_view(make.speaker("PT"), lesson)
    assert not can_view(ANONYMOUS, lesson)


def test_accepting_twice_is_one_lesson():
    report = make.written()
    reports.accept(report=report, by=make.office(), public=True)
    assert reports.accept(report=report, by=make.office(), public=True).state == "completed"
    assert (LessonPage.objects.count(), Entry.objects.filter(verb="complete").count()) == (1, 1)
    assert Mail.objects.filter(kind="exchanges_report_accepted").count() == 1


def test_nobody_accepts_or_returns_the_own_report():
    report = make.written()
    applicant = report.placement.application.applicant
    applicant.role_terms.create(role="office", starts_on=make.dt.date(2020, 1, 1))
    for by in (viewer(applicant), make.speaker("LV"), make.host(report.placement)):
        with pytest.raises(NotAllowed):
            reports.accept(report=report, by=by, public=False)
        with pytest.raises(NotAllowed):
            reports.return_to_participant(report=report, by=by, comment="Why?")
    assert Placement.objects.get().state == "report_due"


def test_a_draft_cannot_be_accepted():
    report = make.report_due()
    with pytest.raises(IllegalTransition):
        reports.accept(report=report, by=make.office(), public=False)


def test_a_draft_is_the_participants_alone_and_a_sent_one_is_seen_with_its_placement():
    report = make.report_due()
    placement = report.placement
    others = (make.speaker("LV"), make.speaker("FI"), make.host(placement), make.office())
    assert list(Report.objects.visible_to(make.participant(placement))) == [report]
    assert [list(Report.objects.visible_to(by)) for by in others] == [[], [], [], []]
    by = make.participant(placement)
    kept = reports.save(report=report, data=make.REPORT, version=1, by=by)
    reports.submit(report=kept, by=by)
    assert [list(Report.objects.visible_to(by)) for by in others] == [[report]] * 4
    assert list(Report.objects.visible_to(make.speaker("PT"))) == []


def note(name: str = "notes.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"What we tried on Thursday.", "text/plain")


def test_a_file_belongs_to_the_report_and_is_seen_with_it():
    report = make.report_due()
    by = make.participant(report.placement)
    kept = reports.attach(report=report, upload=note(), by=by)
    assert list(Attachment.objects.of(report)) == [kept]
    assert list(Attachment.objects.visible_to(by)) == [kept]
    # The report is a draft: its files are as hidden as it is.
    assert list(Attachment.objects.visible_to(make.office())) == []
    kept_report = reports.save(report=report, data=make.REPORT, version=1, by=by)
    reports.submit(report=kept_report, by=by)
    assert list(Attachment.objects.visible_to(make.office())) == [kept]
    assert list(Attachment.objects.visible_to(make.speaker("PT"))) == []


def test_a_file_is_added_and_removed_only_while_the_report_is_written():
    report = make.report_due()
    by = make.participant(report.placement)
    with pytest.raises(NotAllowed):
        reports.attach(report=report, upload=note(), by=make.office())
    first = reports.attach(report=report, upload=note(), by=by)
    second = reports.attach(report=report, upload=note("more.txt"), by=by)
    with pytest.raises(NotAllowed):
        reports.detach(report=report, attachment=first, by=make.host(report.placement))
    reports.detach(report=report, attachment=first, by=by)
    reports.submit(report=reports.save(report=report, data=make.REPORT, version=1, by=by), by=by)
    with pytest.raises(ConditionFailed, match="stays as it is"):
        reports.attach(report=report, upload=note(), by=by)
    with pytest.raises(ConditionFailed, match="stays as it is"):
        reports.detach(report=report, attachment=second, by=by)
    assert list(Attachment.objects.of(report)) == [second]


def test_a_report_has_ten_files_at_most():
    report = make.report_due()
    by = make.participant(report.placement)
    for number in range(reports.MOST_FILES):
        reports.attach(report=report, upload=note(f"{number}.txt"), by=by)
    with pytest.raises(ConditionFailed, match="at most 10 files"):
        reports.attach(report=report, upload=note(), by=by)

"""The report in the browser: written, sent, returned, accepted; its files; the lesson in the library."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from exchanges.domain import reports
from exchanges.models import Report
from library.models import LessonPage
from portal.access import clock
from portal.files.models import Attachment
from tests.exchanges import factories_decide as make
from tests.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later(db, settings, tmp_path):
    settings.PROTECTED_ROOT = str(tmp_path)
    make.open_library()
    with clock.at(make.LATER):
        yield


def office():
    return make.people_with(role="office").get()


def writer(report: Report):
    return report.placement.application.applicant


def answers(version: int = 1, **changes) -> dict:
    words = {**make.REPORT, "version": version, **changes}
    if not words["lesson_public"]:
        del words["lesson_public"]
    return words


def photo(name: str = "desk.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


@pytest.mark.parametrize("files", [1, 3])
def test_report_page_asks_the_same_number_of_queries(client, files, django_assert_num_queries):
    report = make.report_due()
    for number in range(files):
        reports.attach(report=report, upload=photo(f"{number}.png"), by=make.participant(report.placement))
    sign_in(client, writer(report))
    with django_assert_num_queries(11):
        page = client.get(report.get_absolute_url())
    assert page.content.decode().count('<li><a href="/files/') == files


def test_save_as_far_as_it_goes_then_send(client):
    report = make.report_due()
    sign_in(client, writer(report))
    url = report.get_absolute_url()
    page = client.post(url, {"seen": "Two screens.", "version": 1})
    assert (page.status_code, Report.objects.get().seen) == (302, "Two screens.")
    page = client.post(url, {"seen": "Two screens.", "version": 2, "submit": "1"})
    text = page.content.decode()
    assert page.status_code == 400
    for words in ("what is done differently", "the lesson’s title", "the lesson"):
        assert f"Still to write: {words}" in text
    assert 'name="version" value="3"' in text
    page = client.post(url, answers(3, submit="1"), follow=True)
    assert "Your report is with the programme office." in page.content.decode()
    assert Report.objects.get().state == "submitted"


def test_send_twice_is_one_report(client):
    report = make.report_due()
    sign_in(client, writer(report))
    form = answers(submit="1")
    for _ in range(2):
        page = client.post(report.get_absolute_url(), form)
        assert (page.status_code, page.url) == (302, report.placement.get_absolute_url())
    assert Report.objects.get().version == 2


def test_a_text_that_is_too_long_is_named_and_the_rest_is_kept(client):
    report = make.report_due()
    sign_in(client, writer(report))
    page = client.post(report.get_absolute_url(), answers(lesson="x" * 301))
    text = page.content.decode()
    assert page.status_code == 400
    assert "x" * 301 in text
    kept = Report.objects.get()
    assert (kept.seen, kept.lesson) == (make.REPORT["seen"], "")


def test_two_tabs_keep_both_texts(client):
    report = make.report_due()
    sign_in(client, writer(report))
    url = report.get_absolute_url()
    client.post(url, answers(seen="From the first tab."))
    page = client.post(url, answers(seen="From the second tab."))
    text = page.content.decode()
    assert page.status_code == 409
    assert "From the first tab." in text
    assert "From the second tab." in text
    assert Report.objects.get().seen == "From the first tab."
    assert client.post(url, answers(2, seen="From the second tab.")).status_code == 302
    assert Report.objects.get().seen == "From the second tab."


def test_autosave_keeps_clashes_and_refuses_late_text(client):
    report = make.report_due()
    sign_in(client, writer(report))
    url = f"{report.get_absolute_url()}autosave/"
    saved = client.post(url, answers(seen="One."))
    assert (saved.status_code, saved.json()) == (200, {"saved_at": "11:00", "version": 2, "errors": {}})
    clash = client.post(url, answers(seen="Two."))
    assert (clash.status_code, clash.json()["theirs"]["seen"], clash.json()["version"]) == (409, "One.", 2)
    reports.submit(report=report, by=make.participant(report.placement))
    late = client.post(url, answers(2, seen="Three."))
    assert (late.status_code, "stays as it is" in late.json()["message"]) == (403, True)
    assert Report.objects.get().seen == "One."


def test_text_that_comes_after_sending_is_shown_again(client):
    report = make.written()
    sign_in(client, writer(report))
    page = client.post(report.get_absolute_url(), answers(seen="An afterthought."))
    text = page.content.decode()
    assert page.status_code == 409
    assert "An afterthought." in text
    assert "“With the office” and stays as it is" in text


def test_a_lost_session_shows_what_was_typed(client):
    report = make.report_due()
    page = client.post(report.get_absolute_url(), answers(seen="Typed for ten minutes."))
    assert (page.status_code, "Typed for ten minutes." in page.content.decode()) == (401, True)
    assert Report.objects.get().seen == ""


# ── Who sees it ──────────────────────────────────────────────────────────────────────────────


def test_a_report_exists_for_those_who_have_a_part_in_it(client):
    report = make.written(seen="Quite an unusual sight.")
    people = {
        "participant": writer(report),
        "sending contact point": make.contact_points("LV").get(),
        "host": report.placement.week.offer.coordinator,
        "office": make.Person.objects.get(pk=make.office().person_id),
        "other contact point": make.Person.objects.get(pk=make.speaker("PT").person_id),
        "reviewer": make.people_with(role="reviewer").first(),
        "member": make.shift_leader("LV", "Another leader"),
    }
    seen = {}
    for who, person in people.items():
        sign_in(client, person)
        page = client.get(report.get_absolute_url())
        codes = [client.post(f"{report.get_absolute_url()}{path}").status_code for path in ("", "autosave/", "return/")]
        seen[who] = (page.status_code, "Quite an unusual sight." in page.content.decode(), codes == [404] * 3)
    assert {who for who, found in seen.items() if found == (200, True, False)} == set(list(people)[:4])
    assert {who for who, found in seen.items() if found == (404, False, True)} == set(list(people)[4:])


def test_a_draft_exists_for_its_writer_alone(client):
    report = make.report_due()
    for person in (make.contact_points("LV").get(), report.placement.week.offer.coordinator, office()):
        assert sign_in(client, person).get(report.get_absolute_url()).status_code == 404
    assert sign_in(client, writer(report)).get(report.get_absolute_url()).status_code == 200


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def test_a_photo_travels_with_the_report(client):
    report = make.report_due()
    sign_in(client, writer(report))
    page = client.post(report.get_absolute_url(), answers(attachment=photo()), follow=True)
    attachment = Attachment.objects.of(report).get()
    assert attachment.name == "desk.png"
    assert f"/files/{attachment.pk}/desk.png" in page.content.decode()
    assert client.get(f"/files/{attachment.pk}/desk.png").status_code == 200
    for person in (office(), make.Person.objects.get(pk=make.speaker("PT").person_id)):
        assert sign_in(client, person).get(f"/files/{attachment.pk}/desk.png").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("desk.png", b"\x89PNG\r\n\x1a\nbroken", "desk.png"),
        ("desk.pdf", b"<html>", "desk.pdf"),
        ("empty.pdf", b"", "is empty"),
        ("tool.exe", b"MZ\x90\x00\xff\xfe", "not of a kind that can be stored"),
    ],
)
def test_a_broken_upload_is_named_and_the_text_is_saved(client, name, content, words):
    report = make.report_due()
    sign_in(client, writer(report))
    page = client.post(
        report.get_absolute_url(), answers(seen="Typed with care.", attachment=SimpleUploadedFile(name, content))
    )
    text = page.content.decode()
    assert page.status_code == 400
    assert words in text
    assert 'id="id_attachment_error"' in text
    assert "Typed with care." in text
    assert (Report.objects.get().seen, Attachment.objects.count()) == ("Typed with care.", 0)


def test_a_broken_upload_keeps_the_report_from_being_sent(client):
    report = make.report_due()
    sign_in(client, writer(report))
    broken = SimpleUploadedFile("desk.png", b"\x89PNG\r\n\x1a\nbroken")
    page = client.post(report.get_absolute_url(), answers(attachment=broken, submit="1"))
    assert (page.status_code, Report.objects.get().state) == (400, "draft")


def test_one_file_too_many_is_refused_at_the_field(client, monkeypatch):
    monkeypatch.setattr(reports, "MOST_FILES", 1)
    report = make.report_due()
    sign_in(client, writer(report))
    client.post(report.get_absolute_url(), answers(attachment=photo()))
    page = client.post(report.get_absolute_url(), answers(2, seen="More.", attachment=photo("two.png")))
    assert (page.status_code, "at most 1 files" in page.content.decode()) == (409, True)
    assert (Attachment.objects.count(), Report.objects.get().seen) == (1, "More.")


def test_a_file_is_removed_by_its_writer_alone(client):
    report = make.report_due()
    kept = reports.attach(report=report, upload=photo(), by=make.participant(report.placement))
    other = make.report_due("PT", "2027/2")
    foreign = f"{other.get_absolute_url()}files/{kept.pk}/remove/"
    url = f"{report.get_absolute_url()}files/{kept.pk}/remove/"
    sign_in(client, writer(other))
    assert (client.post(foreign).status_code, client.post(url).status_code) == (404, 404)
    sign_in(client, writer(report))
    back = client.get(url)
    assert (back.status_code, back.url) == (302, report.get_absolute_url())
    page = client.post(url, follow=True)
    assert "“desk.png” is removed." in page.content.decode()
    assert client.post(url).status_code == 404
    assert Attachment.objects.count() == 0


# ── The office ───────────────────────────────────────────────────────────────────────────────


def test_return_with_a_comment_and_write_again(client):
    report = make.written()
    url = report.get_absolute_url()
    sign_in(client, make.Person.objects.get(pk=make.office().person_id))
    page = client.post(f"{url}return/", {"comment": ""})
    assert (page.status_code, "Fill in “What is missing”" in page.content.decode()) == (400, True)
    client.post(f"{url}return/", {"comment": "Which message?"})
    sign_in(client, writer(report))
    assert "Which message?" in client.get(url).content.decode()
    client.post(url, answers(Report.objects.get().version, seen="The prepared one.", submit="1"))
    assert (Report.objects.get().state, Report.objects.get().seen) == ("submitted", "The prepared one.")


def test_accept_for_anyone_puts_the_lesson_before_visitors(client):
    report = make.written()
    sign_in(client, make.Person.objects.get(pk=make.office().person_id))
    for _ in range(2):
        page = client.post(f"{report.get_absolute_url()}accept/", {"public": "1"}, follow=True)
    assert "its lesson stands in the library" in page.content.decode()
    lesson = LessonPage.objects.get()
    client.logout()
    text = client.get(lesson.url).content.decode()
    assert make.REPORT["seen"] in text
    assert writer(report).name not in text


def test_accept_for_members_hides_the_lesson_from_visitors(client):
    report = make.written()
    person = make.Person.objects.get(pk=make.office().person_id)
    sign_in(client, person)
    client.post(f"{report.get_absolute_url()}accept/", {"members": "1"})
    lesson = LessonPage.objects.get()
    assert client.get(lesson.url).status_code == 200
    client.logout()
    assert client.get(lesson.url).status_code == 404


def test_without_consent_there_is_no_public_button_and_no_way_round(client):
    report = make.written(lesson_public=False)
    sign_in(client, make.Person.objects.get(pk=make.office().person_id))
    text = client.get(report.get_absolute_url()).content.decode()
    assert ("Accept, lesson for anyone" in text, "Accept, lesson for members" in text) == (False, True)
    page = client.post(f"{report.get_absolute_url()}accept/", {"public": "1"})
    assert (page.status_code, "has not agreed to a public lesson" in page.content.decode()) == (409, True)
    assert LessonPage.objects.count() == 0


def test_contact_points_and_the_writer_do_not_accept(client):
    report = make.written()
    for person in (writer(report), make.contact_points("LV").get(), report.placement.week.offer.coordinator):
        sign_in(client, person)
        assert "Your decision" not in client.get(report.get_absolute_url()).content.decode()
        assert client.post(f"{report.get_absolute_url()}accept/").status_code == 403
    assert Report.objects.get().state == "submitted"

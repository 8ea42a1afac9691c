"""Beginning, writing, sending and withdrawing an application."""

import datetime as dt

import pytest

from exchanges.domain import applications, sections, wishes
from exchanges.domain.versions import StaleVersion
from exchanges.models import Application
from portal.access import clock
from portal.access.viewer import ANONYMOUS, Viewer
from portal.journal import door
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.outbox.models import Mail
from tests.exchanges import factories as make
from tests.factories import person, viewer

pytestmark = pytest.mark.django_db


def test_start_takes_function_and_languages_from_the_profile() -> None:
    applicant = person("Ilze Paraugs", "LV", languages={"lv": "native", "en": "B2"})
    applicant.function = "Shift leader"
    applicant.save()

    application = applications.start(call=make.open_call(), by=viewer(applicant))

    assert application.function == "Shift leader"
    assert [(row.language_id, row.level) for row in sections.language_rows(application)] == [
        ("lv", "native"),
        ("en", "B2"),
    ]
    assert [entry.verb for entry in door.history(application)] == ["start"]


def test_start_twice_gives_the_same_application() -> None:
    call = make.open_call()
    applicant = person("Ilze Paraugs", "LV")

    first = applications.start(call=call, by=viewer(applicant))
    second = applications.start(call=call, by=viewer(applicant))

    assert (first.pk, Application.objects.count()) == (second.pk, 1)


def test_start_by_a_visitor_is_refused() -> None:
    with pytest.raises(NotAllowed):
        applications.start(call=make.open_call(), by=ANONYMOUS)
    with pytest.raises(NotAllowed):
        applications.start(call=make.open_call("2027/2"), by=Viewer(user_id=1, person_id=1))


def test_start_after_the_deadline_is_refused() -> None:
    call = make.open_call()
    applicant = viewer(person("Ilze Paraugs", "LV"))

    with (
        clock.at(call.closes_at + dt.timedelta(seconds=1)),
        pytest.raises(ConditionFailed, match="takes no applications"),
    ):
        applications.start(call=call, by=applicant)
    with clock.at(call.closes_at):
        assert applications.start(call=call, by=applicant).state == "draft"


def test_save_section_keeps_what_is_not_named() -> None:
    application = make.complete(make.open_call())
    by = viewer(application.applicant)

    saved = applications.save_section(
        application=application, section="about", data={"phone": "112"}, version=application.version, by=by
    )

    assert (saved.phone, saved.function, saved.version) == ("112", "Shift leader", application.version + 1)


def test_save_section_with_an_old_version_changes_nothing() -> None:
    application = make.draft(make.open_call())
    by = viewer(application.applicant)
    applications.save_section(application=application, section="centre", data={"shift": "New"}, version=1, by=by)

    with pytest.raises(StaleVersion) as caught:
        applications.save_section(application=application, section="centre", data={"shift": "Old"}, version=1, by=by)

    application.refresh_from_db()
    assert (caught.value.theirs.shift, application.shift) == ("New", "New")


def test_save_section_refuses_a_text_that_is_too_long_and_says_by_how_much() -> None:
    application = make.draft(make.open_call())

    with pytest.raises(ConditionFailed) as caught:
        applications.save_section(
            application=application,
            section="centre",
            data={"shift": "x" * 10_000},
            version=1,
            by=viewer(application.applicant),
        )

    application.refresh_from_db()
    assert caught.value.problems == ["Shift: at most 1000 characters; these are 10000."]
    assert (application.shift, application.version) == ("", 1)


def test_save_section_by_somebody_else_is_refused() -> None:
    application = make.draft(make.open_call())
    other = viewer(person("Other", "LV", roles=[("ncp", "country:LV")]))

    with pytest.raises(NotAllowed):
        applications.save_section(application=application, section="centre", data={"shift": "x"}, version=1, by=other)


def test_save_section_refuses_unknown_languages_and_levels() -> None:
    application = make.draft(make.open_call())
    by = viewer(application.applicant)

    for languages in ({"xx": "B2"}, {"en": "Z9"}):
        with pytest.raises(ConditionFailed, match="not on the list"):
            applications.save_section(
                application=application, section="languages", data={"languages": languages}, version=None, by=by
            )


def test_incomplete_names_every_open_section() -> None:
    application = make.draft(make.open_call())

    assert sections.incomplete(application) == [
        "About you",
        "Your centre and shift",
        "Languages and aim",
        "Host weeks",
        "Line manager’s consent",
        "Needs and emergency contact",
        "Check and send",
    ]
    assert sections.incomplete(make.complete(make.open_call("2027/2"))) == []


def test_a_language_without_level_and_a_week_left_out_without_reason_are_missing() -> None:
    call = make.open_call()
    application = make.complete(call)
    by = viewer(application.applicant)
    application = applications.save_section(
        application=application,
        section="languages",
        data={"languages": {"en": "C1", "fi": ""}},
        version=application.version,
        by=by,
    )
    application = wishes.leave_out(application=application, week=make.weeks_of(call)[1], reason="", by=by)

    rows = {row.section.key: row for row in sections.progress(wishes.with_facts(application))}

    assert [item.words for item in rows["languages"].missing] == ["Choose your level in Finnish"]
    assert [item.words for item in rows["weeks"].missing] == ["Say why you leave out Helsinki, week 18"]


def test_submit_gives_numbers_one_after_another_and_writes_two_letters() -> None:
    call = make.open_call()
    deputy = make.contact_point("LV", "Deputy", role="ncp_deputy")
    speaker = make.contact_point("LV", "Speaker")
    Mail.objects.all().delete()

    first = make.sent(call)
    second = make.sent(call, person("Second", "PL"))

    assert (str(first), str(second)) == ("2027/1-001", "2027/1-002")
    assert first.submitted_at == make.NOW
    letters = Mail.objects.filter(about=f"exchanges.application:{first.pk}").values_list(
        "kind", "to_address", "subject"
    )
    assert sorted(letters) == sorted(
        [
            (
                "exchanges_endorse",
                deputy.user.email,
                "[TLP:AMBER] Exchange call 2027/1: Ilze Paraugs waits for your endorsement",
            ),
            (
                "exchanges_endorse",
                speaker.user.email,
                "[TLP:AMBER] Exchange call 2027/1: Ilze Paraugs waits for your endorsement",
            ),
            ("exchanges_receipt", first.applicant.user.email, "[TLP:AMBER] We have your application 2027/1-001"),
        ]
    )


def test_submit_where_nobody_speaks_for_the_country_asks_the_office() -> None:
    secretary = make.office()
    application = make.sent(make.open_call())

    letter = Mail.objects.get(kind="exchanges_endorse", about=f"exchanges.application:{application.pk}")
    assert letter.to_address == secretary.user.email


def test_submit_twice_is_one_submission() -> None:
    application = make.sent(make.open_call())

    with pytest.raises(IllegalTransition, match="With the contact point"):
        applications.submit(application=application, by=viewer(application.applicant))

    assert Mail.objects.filter(kind="exchanges_receipt").count() == 1


def test_submit_incomplete_says_what_is_missing() -> None:
    application = make.complete(make.open_call())
    by = viewer(application.applicant)
    application = applications.save_section(
        application=application, section="manager", data={"manager_consents": False}, version=None, by=by
    )

    with pytest.raises(ConditionFailed) as caught:
        applications.submit(application=application, by=by)

    assert caught.value.problems == ["Still to complete: Line manager’s consent."]


def test_submit_after_the_deadline_keeps_the_draft() -> None:
    application = make.complete(make.open_call())

    with clock.at(application.call.closes_at + dt.timedelta(seconds=1)), pytest.raises(ConditionFailed, match="closed"):
        applications.submit(application=application, by=viewer(application.applicant))

    application.refresh_from_db()
    assert (application.state, application.number) == ("draft", None)


def test_withdraw_tells_the_contact_point_only_of_what_was_sent() -> None:
    call = make.open_call()
    make.contact_point("LV")
    written = make.complete(call)
    sent = make.sent(call, person("Second", "LV"))

    applications.withdraw(application=written, by=viewer(written.applicant))
    applications.withdraw(application=sent, by=viewer(sent.applicant))

    kinds = Mail.objects.filter(kind="exchanges_withdrawn")
    assert kinds.filter(about=f"exchanges.application:{written.pk}").count() == 0
    assert kinds.filter(about=f"exchanges.application:{sent.pk}").count() == 2

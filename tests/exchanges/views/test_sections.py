"""A shift leader writes an application: sections, autosave, conflicts, lost sessions."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.domain import applications, sections, wishes
from exchanges.models import Application
from portal.access import clock
from portal.outbox.models import Mail
from tests.exchanges import factories as make
from tests.exchanges.views.test_public import text
from tests.factories import person, sign_in, viewer

pytestmark = pytest.mark.django_db

SHIFT = "Twelve people, two alarms an hour."


def url(application: Application, key: str = "centre") -> str:
    return reverse("exchanges:section", kwargs={"pk": application.pk, "key": key})


def autosave(application: Application, key: str = "centre") -> str:
    return reverse("exchanges:autosave", kwargs={"pk": application.pk, "key": key})


@pytest.fixture
def application() -> Application:
    return make.draft(make.open_call(weeks=3))


@pytest.fixture
def mine(application: Application) -> Client:
    return sign_in(Client(), application.applicant)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


# ── Who ──────────────────────────────────────────────────────────────────────────────────────


def test_only_the_applicant_reaches_a_section(application, mine) -> None:
    assert mine.get(url(application)).status_code == 200
    for other in (person("Other", "LV"), make.contact_point("LV"), make.office()):
        client = sign_in(Client(), other)
        assert client.get(url(application)).status_code == 404
        assert client.post(url(application), {"version": 1, "shift": "x"}).status_code == 404
        assert client.post(autosave(application), {"version": 1, "shift": "x"}).status_code == 404
    assert fresh(application).shift == ""


def test_unknown_section_and_application_are_404(application, mine) -> None:
    assert mine.get(f"/exchanges/applications/{application.pk}/write/nothing/").status_code == 404
    assert mine.get("/exchanges/applications/999999/write/about/").status_code == 404
    assert mine.get("/exchanges/applications/99999999999999999999999/write/about/").status_code == 404


def test_a_visitor_is_sent_to_sign_in_and_back(application) -> None:
    response = Client().get(url(application))
    assert response.headers["Location"] == f"/accounts/login/?{urlencode({'next': url(application)}, safe='/')}"


# ── Saving ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", list(sections.Key))
def test_every_section_opens(application, mine, key) -> None:
    page = text(mine.get(url(application, key)))
    assert sections.BY_KEY[key].title.replace("’", "’") in page
    assert "TLP:AMBER" in page
    assert "Seen by you, your contact point, the programme office and the reviewers of this call" in page


def test_save_goes_on_to_the_next_open_section(application, mine) -> None:
    response = mine.post(url(application), {"version": 1, "shift": SHIFT})

    assert response.headers["Location"] == url(application, "languages")
    assert (fresh(application).shift, fresh(application).version) == (SHIFT, 2)


def test_a_draft_may_be_incomplete_and_the_page_says_what_is_missing(application, mine) -> None:
    response = mine.post(url(application, "about"), {"version": 1, "function": "Shift leader", "phone": "112"})

    assert response.headers["Location"] == url(application, "centre")
    page = text(mine.get(url(application, "about")))
    assert "One answer is missing" in page
    assert '<a href="#id_years_leading">Say for how many years you have led shifts</a>' in page
    assert "1 to mend" in page


def test_what_is_valid_is_saved_and_what_is_not_stays_on_the_page(application, mine) -> None:
    response = mine.post(
        url(application, "about"), {"version": 1, "function": "Duty officer", "years_leading": "many", "phone": "112"}
    )

    assert response.status_code == 400
    page = text(response)
    assert '<a href="#id_years_leading">Give the years as a whole number, for example 6.</a>' in page
    assert 'value="many"' in page
    assert 'name="version" value="2"' in page
    assert (fresh(application).function, fresh(application).phone, fresh(application).years_leading) == (
        "Duty officer",
        "112",
        None,
    )


def test_ten_thousand_characters_are_refused_and_kept_on_the_page(application, mine) -> None:
    typed = "ž" * 10_000
    response = mine.post(url(application), {"version": 1, "shift": typed})

    assert response.status_code == 400
    assert "Your shift: at most 1000 characters; these are 10000" in text(response)
    assert typed in text(response)
    assert fresh(application).shift == ""


def test_line_breaks_count_once_as_on_the_page(application, mine) -> None:
    # Browsers post every line break as two characters; the count beneath the field says one.
    typed = "\r\n".join(["line"] * 200)
    assert len(typed.replace("\r\n", "\n")) == 999

    assert mine.post(url(application), {"version": 1, "shift": typed}).status_code == 302
    assert fresh(application).shift == typed.replace("\r\n", "\n")


def test_a_section_can_be_emptied_again(application, mine) -> None:
    mine.post(url(application), {"version": 1, "shift": SHIFT})
    mine.post(url(application), {"version": 2, "shift": ""})
    assert fresh(application).shift == ""


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999999999", "1"])
def test_an_old_or_broken_version_shows_both_texts_and_overwrites_nothing(application, mine, version) -> None:
    by = viewer(application.applicant)
    applications.save_section(application=application, section="centre", data={"shift": "Theirs"}, version=1, by=by)

    response = mine.post(url(application), {"version": version, "shift": "Mine"})

    assert response.status_code == 409
    page = text(response)
    assert "Changed elsewhere" in page
    assert "<dd>Theirs</dd>" in page
    assert ">\nMine</textarea>" in page
    assert 'name="version" value="2"' in page
    assert fresh(application).shift == "Theirs"
    # Saving once more is a decision: it puts the own text in the place of the other.
    mine.post(url(application), {"version": 2, "shift": "Mine"})
    assert fresh(application).shift == "Mine"


def test_writing_after_sending_is_refused_and_shows_what_was_typed() -> None:
    application = make.sent(make.open_call())
    client = sign_in(Client(), application.applicant)

    response = client.post(url(application), {"version": application.version, "shift": "Too late"})

    assert response.status_code == 409
    assert "Your application is now “With the contact point” and stays as it is." in text(response)
    assert "Too late" in text(response)
    assert client.get(url(application)).headers["Location"] == application.get_absolute_url()


# ── Languages ────────────────────────────────────────────────────────────────────────────────


def rows(*pairs: tuple[str, str], **extra) -> dict[str, str]:
    """Return posted rows of languages."""
    data = {"languages-TOTAL_FORMS": str(len(pairs)), **extra}
    for index, (code, level) in enumerate(pairs):
        data |= {f"languages-{index}-language": code, f"languages-{index}-level": level}
    return data


def languages(application: Application) -> list[tuple[str, str]]:
    return [(row.language_id, row.level) for row in sections.language_rows(fresh(application))]


def test_a_language_is_added_and_removed_by_buttons(application, mine) -> None:
    response = mine.post(url(application, "languages"), rows(("en", "C1"), version=1, aim="See", add="1"))
    assert response.headers["Location"] == f"{url(application, 'languages')}?more=1#rows"
    page = text(mine.get(f"{url(application, 'languages')}?more=1"))
    assert 'name="languages-1-language"' in page

    mine.post(url(application, "languages"), rows(("en", "C1"), ("fi", "A2"), version=2, aim="See"))
    assert languages(application) == [("en", "C1"), ("fi", "A2")]

    mine.post(url(application, "languages"), rows(("en", "C1"), ("fi", "A2"), version=3, aim="See", remove="0"))
    assert languages(application) == [("fi", "A2")]
    assert fresh(application).aim == "See"


def test_a_language_without_level_is_kept_and_asked_for(application, mine) -> None:
    mine.post(url(application, "languages"), rows(("en", "C1"), ("fi", ""), version=1, aim="See", bring_home="It"))

    page = text(mine.get(url(application, "languages")))
    assert languages(application) == [("en", "C1"), ("fi", "")]
    assert '<a href="#id_languages-1-level">Choose your level in Finnish</a>' in page
    assert 'id="id_languages-1-level_error">Choose your level in Finnish' in page


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("en", "C1"), ("en", "B2")], "This language stands in another row already"),
        ([("", "B2")], "Choose the language of this level"),
        ([("xx", "B2")], "Select a valid choice. xx is not one of the available choices."),
    ],
)
def test_wrong_rows_are_told_and_the_text_beside_them_is_saved(application, mine, pairs, words) -> None:
    response = mine.post(url(application, "languages"), rows(*pairs, version=1, aim="See"))

    assert response.status_code == 400
    assert words in text(response)
    assert fresh(application).aim == "See"


@pytest.mark.parametrize("count", ["", "x", "-3", "9999999", "²"])
def test_a_broken_count_of_rows_is_no_error(application, mine, count) -> None:
    response = mine.post(url(application, "languages"), {"languages-TOTAL_FORMS": count, "version": "1", "aim": "See"})
    assert response.status_code == 302


# ── Host weeks ───────────────────────────────────────────────────────────────────────────────


def order(application: Application) -> list[int]:
    return list(fresh(application).wishes.filter(rank__isnull=False).values_list("week_id", flat=True))


def test_weeks_are_moved_left_out_and_put_back_by_buttons(application, mine) -> None:
    first, second, third = (week.pk for week in make.weeks_of(application.call))
    page = url(application, "weeks")
    shown = {"order": [first, second, third], "away-TOTAL_FORMS": "0"}

    response = mine.post(page, {**shown, "version": 1, "down": first})
    assert response.headers["Location"] == f"{page}#week-{first}"
    assert order(application) == [second, first, third]

    version = fresh(application).version
    mine.post(page, {**shown, "order": [second, first, third], "version": version, "up": third})
    assert order(application) == [second, third, first]

    mine.post(page, {**shown, "order": [second, third, first], "version": fresh(application).version, "out": third})
    assert order(application) == [second, first]
    assert "Say why you leave out Helsinki, week 19" in text(mine.get(page))

    data = {**shown, "order": [second, first], f"reason-{third}": "A course"}
    response = mine.post(page, {**data, "version": fresh(application).version})
    assert fresh(application).wishes.get(left_out=True).reason == "A course"
    assert response.headers["Location"] == url(application, "manager")

    mine.post(page, {**data, "version": fresh(application).version, "back": third})
    assert [week.pk for week in wishes.acceptable_set(fresh(application))] == [second, first, third]


def test_the_first_week_moved_up_stays_first(application, mine) -> None:
    ids = [week.pk for week in make.weeks_of(application.call)]
    mine.post(url(application, "weeks"), {"order": ids, "version": 1, "up": ids[0], "away-TOTAL_FORMS": "0"})
    assert order(application) == ids


def test_saving_confirms_the_order_that_is_shown(application, mine) -> None:
    ids = [week.pk for week in make.weeks_of(application.call)]
    mine.post(url(application, "weeks"), {"order": ids[::-1], "version": 1, "away-TOTAL_FORMS": "0"})
    assert order(application) == ids[::-1]


def test_days_away_take_a_week_out_of_the_list_with_its_reason(application, mine) -> None:
    ids = [week.pk for week in make.weeks_of(application.call)]
    data = {
        "order": ids,
        "version": 1,
        "away-TOTAL_FORMS": "1",
        "away-0-first": "2027-04-28",
        "away-0-last": "2027-04-28",
    }

    mine.post(url(application, "weeks"), data)

    assert order(application) == ids[1:]
    page = text(mine.get(url(application, "weeks")))
    assert "Not possible: the week runs from 26 to 30 April 2027, and you are away on 28 April 2027." in page
    # Estimate: 361 km one way and five days in Finland.
    assert "Estimate €1,026: travel €211 for 361 km and back, five days at €163" in page


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2027-05-09", "2027-05-03", "The last day lies before the first"),
        ("2027-05-03", "", "Give the last day too"),
        ("", "2027-05-03", "Give the first day too"),
        ("soon", "2027-05-03", "Give the first day as a date, for example 2027-05-03"),
    ],
)
def test_wrong_days_are_told_and_stay_on_the_page(application, mine, first, last, words) -> None:
    data = {"version": 1, "away-TOTAL_FORMS": "1", "away-0-first": first, "away-0-last": last}

    response = mine.post(url(application, "weeks"), data)

    assert response.status_code == 400
    assert words in text(response)
    assert fresh(application).unavailable.count() == 0


@pytest.mark.parametrize("verb", ["up", "out", "back"])
def test_moving_an_unknown_week_is_404(application, mine, verb) -> None:
    assert mine.post(url(application, "weeks"), {"version": 1, verb: "999999"}).status_code == 404


def test_a_long_reason_is_refused_and_kept_on_the_page(application, mine) -> None:
    week = make.weeks_of(application.call)[0]
    wishes.leave_out(application=application, week=week, reason="", by=viewer(application.applicant))
    response = mine.post(
        url(application, "weeks"), {"version": 2, f"reason-{week.pk}": "x" * 301, "away-TOTAL_FORMS": "0"}
    )
    assert response.status_code == 400
    assert "x" * 301 in text(response)
    assert fresh(application).wishes.get(left_out=True).reason == ""


# ── Autosave ─────────────────────────────────────────────────────────────────────────────────


def test_autosave_keeps_what_is_valid_and_names_what_is_not(application, mine) -> None:
    response = mine.post(
        autosave(application, "about"), {"version": 1, "function": "Duty officer", "years_leading": "x", "phone": "112"}
    )

    assert response.status_code == 200
    assert response.json() == {
        "saved_at": "11:00",
        "version": 2,
        "errors": {"years_leading": ["Give the years as a whole number, for example 6."]},
    }
    assert (fresh(application).function, fresh(application).phone) == ("Duty officer", "112")


def test_autosave_keeps_languages_and_days(application, mine) -> None:
    assert mine.post(autosave(application, "languages"), rows(("en", "B2"), version=1, aim="a")).json()["version"] == 2
    days = {"away-TOTAL_FORMS": "1", "away-0-first": "2027-05-03", "away-0-last": "2027-05-04"}
    assert mine.post(autosave(application, "weeks"), {**days, "version": 2}).json()["errors"] == {}
    assert languages(application) == [("en", "B2")]
    assert [(row.starts_on, row.ends_on) for row in fresh(application).unavailable.all()] == [
        (dt.date(2027, 5, 3), dt.date(2027, 5, 4))
    ]


def test_autosave_with_an_old_version_sends_the_newer_text(application, mine) -> None:
    mine.post(autosave(application), {"version": 1, "shift": "Theirs"})

    response = mine.post(autosave(application), {"version": 1, "shift": "Mine"})

    assert response.status_code == 409
    assert response.json() == {
        "message": "This was changed in another tab or on another device at 11:00.",
        "theirs": {"shift": "Theirs"},
        "version": 2,
    }


def test_autosave_without_a_session_answers_in_json(application) -> None:
    response = Client().post(autosave(application), {"version": 1, "shift": "Mine"})
    assert response.status_code == 401
    assert response.json()["message"].startswith("You are signed out.")


def test_autosave_after_sending_is_refused_in_words() -> None:
    application = make.sent(make.open_call())
    response = sign_in(Client(), application.applicant).post(autosave(application), {"version": 1, "shift": "x"})
    assert response.status_code == 403
    assert response.json()["message"]


def test_autosave_takes_no_get_and_no_last_section(application, mine) -> None:
    assert mine.get(autosave(application)).status_code == 405
    assert mine.post(autosave(application, "send"), {"version": 1, "privacy_accepted": "on"}).status_code == 404


# ── A session that ends in the middle of a form ──────────────────────────────────────────────


def test_a_lost_session_keeps_what_was_typed_and_puts_it_back_after_signing_in(application) -> None:
    client = Client()

    response = client.post(url(application), {"version": 1, "shift": "Typed for twenty minutes"})

    assert response.status_code == 401
    page = text(response)
    assert "What you typed is kept." in page
    assert "Typed for twenty minutes" in page
    assert f"/accounts/login/?next={url(application)}" in page
    assert fresh(application).shift == ""

    sign_in(client, application.applicant)
    page = text(client.get(url(application)))
    assert "This is what you typed before you were signed out" in page
    assert ">\nTyped for twenty minutes</textarea>" in page

    client.post(url(application), {"version": 1, "shift": "Typed for twenty minutes"})
    assert fresh(application).shift == "Typed for twenty minutes"
    assert "before you were signed out" not in text(client.get(url(application)))


def test_a_session_that_ran_out_keeps_what_was_typed(application, mine) -> None:
    session = mine.session
    session["seen_at"] = 0
    session.save()

    response = mine.post(url(application), {"version": 1, "shift": "Typed"})

    assert response.status_code == 401
    sign_in(mine, application.applicant)
    assert ">\nTyped</textarea>" in text(mine.get(url(application)))


def test_what_was_kept_is_shown_to_the_applicant_alone(application) -> None:
    client = Client()
    client.post(url(application), {"version": 1, "shift": "Private words"})
    other = make.draft(application.call, person("Other", "LV"))
    sign_in(client, other.applicant)

    assert client.get(url(application)).status_code == 404
    assert "Private words" not in text(client.get(url(other)))


def test_what_was_kept_can_be_thrown_away(application) -> None:
    client = Client()
    client.post(url(application), {"version": 1, "shift": "Old words"})
    sign_in(client, application.applicant)

    assert "Old words" in text(client.get(url(application)))
    assert "Old words" not in text(client.get(f"{url(application)}?fresh=1"))
    assert "Old words" not in text(client.get(url(application)))


def test_what_is_too_long_to_keep_is_shown_at_least(application) -> None:
    response = Client().post(url(application), {"version": 1, "shift": "y" * 100_001})
    assert response.status_code == 401
    assert "too long to be kept" in text(response)
    assert "y" * 100_001 in text(response)


def test_an_old_token_shows_the_text_again_and_changes_nothing(application) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), application.applicant)
    token = client.get(url(application)).context["csrf_token"]

    response = client.post(url(application), {"version": 1, "shift": "Typed", "csrfmiddlewaretoken": "a" * 64})
    assert response.status_code == 403
    assert "You signed in again since this page was opened" in text(response)
    assert ">\nTyped</textarea>" in text(response)
    assert fresh(application).shift == ""
    answer = client.post(autosave(application), {"version": 1, "shift": "x", "csrfmiddlewaretoken": "a" * 64})
    assert (answer.status_code, "Save and go on" in answer.json()["message"]) == (403, True)

    client.post(url(application), {"version": 1, "shift": "Typed", "csrfmiddlewaretoken": str(token)})
    assert fresh(application).shift == "Typed"


def test_a_post_from_another_site_is_refused_and_keeps_nothing(application) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        url(application), {"version": 1, "shift": "Planted"}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403
    assert "Planted" not in text(response)
    without_token = client.post(url(application), {"version": 1, "shift": "Planted"})
    assert without_token.status_code == 302
    sign_in(client, application.applicant)
    assert "Planted" not in text(client.get(url(application)))


# ── Check and send ───────────────────────────────────────────────────────────────────────────


def test_check_page_shows_every_answer_and_what_is_missing(application, mine) -> None:
    page = text(mine.get(url(application, "send")))
    assert "Before you can send it" in page
    assert "Send the application" not in page

    complete = make.complete(make.open_call("2027/2"), person("Second", "LV", languages={"en": "C1"}))
    page = text(sign_in(Client(), complete.applicant).get(url(complete, "send")))
    for words in ("Four people, two alarms an hour.", "See how neighbours are alerted.", "Māra Vadītāja", "A friend"):
        assert words in page
    assert "Send the application" in page


def test_send_gives_a_number_and_a_second_click_shows_the_same_receipt() -> None:
    application = make.complete(make.open_call())
    client = sign_in(Client(), application.applicant)
    data = {"version": application.version, "privacy_accepted": "on"}

    first = client.post(url(application, "send"), data)
    second = client.post(url(application, "send"), data)

    receipt = reverse("exchanges:sent", args=[application.pk])
    assert (first.status_code, first.headers["Location"]) == (302, receipt)
    assert (second.status_code, second.headers["Location"]) == (302, receipt)
    assert Mail.objects.filter(kind="exchanges_receipt").count() == 1
    page = text(client.get(receipt))
    assert "Your application is sent" in page
    assert "2027/1-001" in page
    assert "Within ten days" in page
    assert "By 31 March 2027" in page


def test_send_without_the_privacy_notice_asks_for_it() -> None:
    application = make.complete(make.open_call())
    client = sign_in(Client(), application.applicant)

    response = client.post(url(application, "send"), {"version": application.version})

    assert response.status_code == 400
    assert '<a href="#id_privacy_accepted">Accept the privacy notice</a>' in text(response)
    assert fresh(application).state == "draft"
    # The page that came back can be sent at once.
    again = client.post(url(application, "send"), {"version": response.context["version"], "privacy_accepted": "on"})
    assert again.headers["Location"] == reverse("exchanges:sent", args=[application.pk])


def test_send_after_the_deadline_keeps_everything_and_says_so() -> None:
    application = make.complete(make.open_call())
    client = sign_in(Client(), application.applicant)
    with clock.at(application.call.closes_at + dt.timedelta(seconds=1)):
        response = client.post(url(application, "send"), {"version": application.version, "privacy_accepted": "on"})

        again = client.post(
            url(application, "send"), {"version": response.context["version"], "privacy_accepted": "on"}
        )

    assert (response.status_code, again.status_code) == (409, 409)
    for page in (text(response), text(again)):
        assert "The call has closed. What you wrote is kept, but it can no longer be sent." in page
        assert "Changed elsewhere" not in page


def test_withdraw_asks_first_and_is_refused_twice() -> None:
    application = make.sent(make.open_call())
    client = sign_in(Client(), application.applicant)
    address = reverse("exchanges:withdraw", args=[application.pk])

    assert "You cannot take this back" in text(client.get(address))
    assert fresh(application).state == "submitted"
    assert client.post(address).status_code == 302
    assert fresh(application).state == "withdrawn"
    assert client.post(address).status_code == 409
    assert client.get(address).status_code == 409
    assert sign_in(Client(), make.contact_point("LV")).post(address).status_code == 404


def test_application_page_of_a_draft_leads_to_the_first_open_section(application, mine) -> None:
    assert mine.get(application.get_absolute_url()).headers["Location"] == url(application, "about")


def test_application_page_shows_state_answers_and_results() -> None:
    from exchanges.domain import eligibility

    application = make.endorsed(make.open_call(), rank=7)
    eligibility.confirm(application=application, by=viewer(make.office()))
    page = text(sign_in(Client(), application.applicant).get(application.get_absolute_url()))

    assert "Eligible. Reviewers from other countries read it." in page
    assert "Shift leader, 6 years of leading shifts." in page
    assert "Four people, two alarms an hour." in page
    assert "National rank" not in page


def test_a_returned_application_shows_the_comment_and_the_last_day() -> None:
    from exchanges.domain import endorsement

    application = make.sent(make.open_call())
    endorsement.return_to_applicant(application=application, by=viewer(make.contact_point("LV")), comment="Say more.")
    client = sign_in(Client(), application.applicant)

    page = text(client.get(application.get_absolute_url()))
    assert "Say more." in page
    assert "Send it again by Friday 29 January 2027, 23:59 Brussels time." in page
    assert "Say more." in text(client.get(url(application, "about")))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("key", "queries"), [("about", 17), ("languages", 18), ("weeks", 17), ("send", 17)])
def test_sections_ask_few_queries_however_many_weeks(django_assert_num_queries, count, key, queries) -> None:
    application = make.complete(make.open_call(weeks=count))
    client = sign_in(Client(), application.applicant)
    client.get(url(application, key))
    with django_assert_num_queries(queries):
        client.get(url(application, key))

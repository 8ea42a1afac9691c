"""Checking, sending and withdrawing an application, and its own page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.domain import wishes
from portal.access import clock
from portal.outbox.models import Mail
from tests.exchanges import factories as make
from tests.exchanges.views.sections.helpers import fresh, url
from tests.exchanges.views.test_public import text
from tests.factories import person, sign_in, viewer

pytestmark = pytest.mark.django_db


def test_check_page_shows_every_answer_and_what_is_missing(application, mine) -> None:
    page = text(mine.get(url(application, "send")))
    assert "Before you can send it" in page
    assert "Send the application" not in page

    complete = make.complete(make.open_call("2027/2"), person("Second", "LV", languages={"en": "C1"}))
    page = text(sign_in(Client(), complete.applicant).get(url(complete, "send")))
    for words in ("Four people, two alarms an hour.", "See how neighbours are alerted.", "Māra Vadītāja", "A friend"):
        assert words in page
    assert "Send the application" in page


def test_check_page_says_which_weeks_came_after_the_order(application, mine) -> None:
    first, second, third = make.weeks_of(application.call)
    assert text(mine.get(url(application, "send"))).count("Not put in order yet: the weeks stand by date.") == 1

    wishes.rank(application=application, week_ids=[third.pk, first.pk], by=viewer(application.applicant))
    application.wishes.filter(week=second).delete()
    page = text(mine.get(url(application, "send")))
    assert "Not put in order yet" not in page
    assert page.count("Came after the order was made, so it stands at the end") == 1


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

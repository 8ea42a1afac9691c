"""Forms that were opened before somebody signed in again, or whose session is gone: nothing is changed or lost."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.models import Application, Call, HostOffer, HostWeek
from portal.community.models import Person
from tests.exchanges import factories as make
from tests.exchanges.views.test_offers import WORDS, submitted
from tests.exchanges.views.test_office import posted
from tests.exchanges.views.test_public import text
from tests.factories import centre, sign_in

pytestmark = pytest.mark.django_db

AGAIN = "You signed in again since this page was opened, so this was not saved yet. Please send it once more."
TYPED = "Typed for ten minutes, between two alarms."


class Case(NamedTuple):
    """Whose form it is, its address, what is posted, and what the database holds once it was sent well."""

    who: Person
    address: str
    data: dict[str, str]
    done: Callable[[], object]


def endorsement() -> Case:
    application = make.sent(make.open_call())
    return Case(
        make.contact_point("LV"),
        reverse("exchanges:endorsement", args=[application.pk]),
        {"return": "1", "return_comment": TYPED},
        lambda: Application.objects.get().comment == TYPED,
    )


def new_call() -> Case:
    return Case(make.office(), reverse("exchanges:call_new"), posted(summary=TYPED), lambda: Call.objects.count() == 1)


def changed_call() -> Case:
    call = make.draft_call()
    return Case(
        make.office(),
        reverse("exchanges:call_edit", args=[call.slug]),
        posted(summary=TYPED),
        lambda: Call.objects.get().summary == TYPED,
    )


def new_offer() -> Case:
    call = make.draft_call()
    make._languages()
    data = {**WORDS, "summary": TYPED, "call": str(call.pk), "centre": str(centre("FI").pk)}
    return Case(make.coordinator("FI"), reverse("exchanges:offer_new"), data, lambda: HostOffer.objects.count() == 1)


def changed_offer() -> Case:
    offer = make.draft_offer(make.draft_call())
    return Case(
        offer.coordinator,
        reverse("exchanges:offer_edit", args=[offer.pk]),
        {**WORDS, "summary": TYPED},
        lambda: HostOffer.objects.get().summary == TYPED,
    )


def added_week() -> Case:
    offer = make.draft_offer(make.draft_call())
    return Case(
        offer.coordinator,
        reverse("exchanges:week_add", args=[offer.pk]),
        {"starts_on": "2027-04-26", "capacity": "2"},
        lambda: HostWeek.objects.count() == 1,
    )


def returned_offer() -> Case:
    offer = submitted()
    return Case(
        make.contact_point("FI"),
        reverse("exchanges:offer_return", args=[offer.pk]),
        {"comment": TYPED},
        lambda: HostOffer.objects.get().comment == TYPED,
    )


CASES = [endorsement, new_call, changed_call, new_offer, changed_offer, added_week, returned_offer]


@pytest.mark.parametrize("case", CASES)
def test_a_token_of_an_older_session_changes_nothing_and_shows_the_text_again(case: Callable[[], Case]) -> None:
    who, address, data, done = case()
    client = sign_in(Client(enforce_csrf_checks=True), who)

    response = client.post(address, {**data, "csrfmiddlewaretoken": "a" * 64})

    assert (response.status_code, done()) == (403, False)
    page = text(response)
    assert AGAIN in page
    assert all(value in page for value in data.values())
    # The page that came back can be sent at once.
    again = client.post(address, {**data, "csrfmiddlewaretoken": str(response.context["csrf_token"])})
    assert (again.status_code, done()) == (302, True)


@pytest.mark.parametrize("case", CASES)
def test_without_a_session_nothing_is_changed_and_the_text_is_shown(case: Callable[[], Case]) -> None:
    who, address, data, done = case()

    response = Client().post(address, data)

    assert (response.status_code, done()) == (401, False)
    page = text(response)
    assert all(value in page for value in data.values() if len(value) > 2)
    # The way back leads to a page, not to an address that takes a POST only.
    assert f"/accounts/login/?next={address}" in page
    assert sign_in(Client(), who).get(address, follow=True).status_code == 200


@pytest.mark.parametrize("case", CASES)
def test_a_post_from_another_site_is_refused(case: Callable[[], Case]) -> None:
    who, address, data, done = case()
    client = sign_in(Client(enforce_csrf_checks=True), who)
    response = client.post(address, data, headers={"Origin": "https://evil.example"})
    assert (response.status_code, done(), AGAIN in text(response)) == (403, False, False)

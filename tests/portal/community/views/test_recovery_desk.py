"""The desk for lost devices: who sees it, what waits for whom, and the second factor before a word."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.access import clock
from portal.access.viewer import ANONYMOUS
from portal.accounts.models import EnrolmentGrant
from portal.community.domain.recovery_queries import desk_panel, waiting
from portal.community.models import Person, Recovery
from tests import factories
from tests.portal.community.lost import asked, confirmed, contact_point, mails, member, office, released

pytestmark = pytest.mark.django_db

DESK = "/lost-device/desk/"


def page_of(made: Recovery) -> str:
    """Return the address of a request."""
    return f"{DESK}{made.pk}/"


def signed_in(person: Person, **how: bool) -> Client:
    """Return a browser in which `person` is signed in."""
    return factories.sign_in(Client(), Person.objects.select_related("user").get(pk=person.pk), **how)


def test_only_the_country_and_the_office_see_a_request() -> None:
    person, staff = member(), office()
    made = released(person, contact_point(), staff)
    outsiders = {
        "contact point of another country": contact_point("FI", "Matti Malliksi"),
        "member": factories.person("Another Member"),
        "auditor": factories.person("Karl Muster", roles=[("auditor", "")]),
        "former contact point": factories.person("Kalle Entinen", active=False, roles=[("ncp", "country:PL")]),
        "the person": person,
    }
    for allowed in (contact_point(name="Jerzy Modelowy", role="ncp_deputy"), staff):
        browser = signed_in(allowed)
        assert person.name in browser.get(DESK).content.decode()
        assert "piotr@example.org" in browser.get(page_of(made)).content.decode()
        assert list(Recovery.objects.visible_to(factories.viewer(allowed))) == [made]
    seen = {}
    for name, outsider in outsiders.items():
        browser = signed_in(outsider)
        pages = [browser.get(page_of(made)), browser.post(page_of(made), {"refuse": "1", "reason": "No."})]
        seen[name] = [page.status_code for page in pages]
        # The strip at the head greets people by their own name.
        assert name == "the person" or not any(person.name in page.content.decode() for page in pages)
        assert not Recovery.objects.visible_to(factories.viewer(outsider)).exists()
    assert seen == {name: [404, 404] for name in outsiders}
    assert Client().get(page_of(made)).url == f"/accounts/login/?next={page_of(made)}"
    assert signed_in(staff, verified=False).get(page_of(made)).url.startswith("/accounts/second-factor/")
    assert not Recovery.objects.visible_to(ANONYMOUS).exists()
    assert Recovery.objects.get().state == "released"


def test_desk_exists_for_contact_points_and_the_office_alone() -> None:
    found = {
        person.name: signed_in(person).get(DESK).status_code
        for person in (contact_point("FI", "Matti"), office("Anna"), member("Piotr"), factories.person("Jan"))
    }
    assert found == {"Matti": 200, "Anna": 200, "Piotr": 404, "Jan": 404}
    assert signed_in(contact_point("ES", "Carlos")).get(DESK).content.decode().count("Nothing waits") == 1


def test_what_waits_follows_the_word_that_is_due() -> None:
    ncp, first, second, person = contact_point(), office(), office("Michał Szablonowy"), member()
    abroad = contact_point("FI", "Matti Malliksi")

    def heads() -> list[list[str]]:
        people = (ncp, first, second, person, abroad)
        return [[item.title for item in waiting(factories.viewer(one))] for one in people]

    title, own = "Piotr Przykładowy cannot sign in", "You said that your device is lost"
    made = asked(person)
    assert heads() == [[title], [], [], [own], []]
    made = confirmed(person, ncp)
    assert heads() == [[], [title], [title], [own], []]
    made.delete()
    lonely = contact_point("ES", "Carlos Muestra")
    made = asked(lonely)
    assert heads() == [[], ["Carlos Muestra cannot sign in"], ["Carlos Muestra cannot sign in"], [], []]
    made = confirmed(lonely, first)
    assert heads() == [[], [], ["Carlos Muestra cannot sign in"], [], []]
    assert desk_panel(viewer=factories.viewer(person)) is None
    assert desk_panel(viewer=factories.viewer(ncp)) == {"url": DESK}


def test_waiting_page_shows_both_ways_to_the_desk() -> None:
    ncp = contact_point()
    made = asked(member())
    page = signed_in(ncp).get("/waiting/").content.decode()
    assert f'href="{page_of(made)}"' in page
    assert f'href="{DESK}"' in page


def test_confirm_and_release_by_the_pages() -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = asked(person)
    desk = signed_in(ncp)
    assert desk.post(page_of(made), {"confirm": "1", "note": "Rang."}).status_code == 400
    assert Recovery.objects.get().state == "asked"
    done = desk.post(page_of(made), {"confirm": "1", "method": "seen", "note": "Rang."}, follow=True)
    assert done.redirect_chain == [(DESK, 302)]
    assert "You confirmed that it is Piotr Przykładowy." in done.content.decode()
    assert "Somebody else, in the programme office, releases." in desk.get(page_of(made)).content.decode()
    assert desk.post(page_of(made), {"release": "1"}).status_code == 403
    desk = signed_in(staff)
    page = desk.get(page_of(made)).content.decode()
    assert "Barbara Próbna: “I saw them in person”. Rang." in page
    done = desk.post(page_of(made), {"release": "1"}, follow=True)
    assert "can begin anew: the link is on its way" in done.content.decode()
    assert Recovery.objects.get().state == "released"
    # A second click.
    assert desk.post(page_of(made), {"release": "1"}).status_code == 409
    assert len(mails(kind="enrolment_link")) == 1


@pytest.mark.parametrize(
    ("verb", "fields", "target"),
    [
        ("confirm", {"method": "called", "note": "Rang the desk."}, "confirmed"),
        ("release", {}, "released"),
        ("refuse", {"reason": "Nobody answered."}, "refused"),
    ],
)
def test_each_word_asks_for_the_second_factor_again_and_keeps_what_was_typed(
    verb: str, fields: dict[str, str], target: str
) -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = confirmed(person, ncp) if verb != "confirm" else asked(person)
    by = ncp if verb == "confirm" else staff
    browser = signed_in(by, fresh=False)
    assert browser.get(page_of(made)).status_code == 200
    before = made.state
    page = browser.post(page_of(made), {verb: "1", **fields})
    assert Recovery.objects.get().state == before
    words = page.content.decode()
    assert [text for text in fields.values() if text not in words] == []
    assert signed_in(by, fresh=True).post(page_of(made), {verb: "1", **fields}).url == DESK
    assert Recovery.objects.get().state == target


def test_refusal_needs_a_reason() -> None:
    ncp = contact_point()
    made = asked(member())
    page = signed_in(ncp).post(page_of(made), {"refuse": "1", "reason": " "})
    assert (page.status_code, "Say in a sentence why." in page.content.decode()) == (400, True)
    assert signed_in(ncp).post(page_of(made), {}).status_code == 409
    assert Recovery.objects.get().state == "asked"


def test_own_request_of_a_contact_point_has_no_buttons() -> None:
    ncp = contact_point()
    contact_point(name="Jerzy Modelowy", role="ncp_deputy")
    made = asked(ncp)
    page = signed_in(ncp).get(page_of(made)).content.decode()
    assert "This is your own request. Others answer it." in page
    assert "Your word" not in page
    assert signed_in(ncp).post(page_of(made), {"confirm": "1", "method": "seen"}).status_code == 403


def test_closed_account_is_told_on_the_page() -> None:
    ncp, person = contact_point(), member()
    made = asked(person)
    Person.objects.filter(pk=person.pk).update(active=False)
    browser = signed_in(ncp)
    assert "account is closed" in browser.get(page_of(made)).content.decode()
    assert browser.post(page_of(made), {"confirm": "1", "method": "seen"}).status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_desk_asks_as_many_queries_for_one_as_for_three(count: int, django_assert_num_queries) -> None:
    ncp, staff = contact_point(), office()
    for number in range(count):
        asked(member(f"Waits {number}", email=f"waits{number}@example.org"))
        released(member(f"Done {number}", email=f"done{number}@example.org"), ncp, staff)
    browser = signed_in(ncp)
    browser.get(DESK)
    with django_assert_num_queries(14):
        page = browser.get(DESK).content.decode()
    assert page.count("cannot sign in") == count
    assert page.count("New start given") == count


def test_new_link_by_the_page_once_the_first_ran_out() -> None:
    staff = office()
    made = released(member(), contact_point(), staff)
    browser = signed_in(staff)
    assert "Send a new link" not in browser.get(page_of(made)).content.decode()
    EnrolmentGrant.objects.update(expires_at=clock.now())
    assert "The link ran out unused" in browser.get(page_of(made)).content.decode()
    done = browser.post(page_of(made), {"renew": "1"}, follow=True)
    assert "A new link is on its way to Piotr Przykładowy." in done.content.decode()
    assert len(mails(kind="enrolment_link")) == 2

"""Protected pages really refuse."""

import pytest
from django.test import Client
from wagtail.models import Page, Site

from portal.access.pages import set_page_rule
from tests import factories


@pytest.fixture
def shop(root: Page) -> Page:
    """A site whose home page is public, with a page beneath it."""
    from portal.pages.models import StandardPage

    home = Site.objects.get(is_default_site=True).root_page
    return home.add_child(instance=StandardPage(title="Radio plan", slug="radio-plan"))


@pytest.fixture
def insider(db: None):
    group = factories.group()
    return factories.person(groups=[group])


def close(page: Page, insider) -> None:
    set_page_rule(page=page, tlp="TLP:AMBER", audience="group", keys=[str(insider.groups.get().pk)])


def test_public_page_is_served(client: Client, shop: Page) -> None:
    response = client.get("/radio-plan/")
    assert (response.status_code, "no-store" in response.headers.get("Cache-Control", "")) == (200, False)
    assert "Radio plan" in response.text


def test_restricted_page_opens_to_a_member_of_the_group(client: Client, shop: Page, insider) -> None:
    close(shop, insider)
    response = factories.sign_in(client, insider).get("/radio-plan/")
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, no-store")
    assert "Radio plan" in response.text


@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
def test_restricted_page_does_not_exist_for_a_visitor(client: Client, shop: Page, insider, method: str) -> None:
    close(shop, insider)
    response = getattr(client, method)("/radio-plan/")
    missing = getattr(client, method)("/no-such-page/")
    assert (response.status_code, response.content) == (404, missing.content)
    assert "Radio plan" not in response.text


def test_restricted_page_does_not_exist_without_the_second_factor(client: Client, shop: Page, insider) -> None:
    close(shop, insider)
    assert factories.sign_in(client, insider, verified=False).get("/radio-plan/").status_code == 404


def test_restricted_page_does_not_exist_for_another_member(client: Client, shop: Page, insider) -> None:
    close(shop, insider)
    other = factories.person(name="Anna Nowak", groups=[factories.group("Drones")])
    assert factories.sign_in(client, other).get("/radio-plan/").status_code == 404


def test_restricted_page_closes_when_the_member_is_deactivated(client: Client, shop: Page, insider) -> None:
    close(shop, insider)
    factories.sign_in(client, insider)
    assert client.get("/radio-plan/").status_code == 200
    insider.active = False
    insider.save()
    assert client.get("/radio-plan/").status_code == 404

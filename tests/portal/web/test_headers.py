"""Headers on every answer, and what stands in addresses that no key can have."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.web.middleware import LARGEST_KEY
from tests import factories


def test_redirect_of_a_visitor_stays_out_of_caches(client: Client, db: None) -> None:
    answer = client.get("/exchanges/offers/")
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_public_page_of_a_visitor_may_be_kept(client: Client, db: None) -> None:
    answer = client.get("/accounts/signup/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("public, ")
    private = client.get("/accounts/password/reset/done/")
    assert private.status_code == 200
    assert private.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("number", [LARGEST_KEY, LARGEST_KEY + 1, 10**40])
@pytest.mark.parametrize(
    "path", ["/exchanges/placements/{}/report/", "/exchanges/applications/{}/", "/exchanges/placements/1/days/{}/"]
)
def test_number_too_large_for_a_key_is_not_found(client: Client, db: None, path: str, number: int) -> None:
    factories.sign_in(client, factories.person())
    assert client.post(path.format(number)).status_code in (404, 405)
    answer = client.get(path.format(number), follow=True)
    assert answer.status_code == 404
    assert "There is nothing here for you to see" in answer.content.decode()


@pytest.mark.parametrize(("name", "asked"), [("x.jpg", True), ("%00.jpg", False)])
def test_nul_in_an_address_is_not_found_and_never_asked_for(client: Client, db: None, name: str, asked: bool) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/files/pictures/{name}").status_code == 404
    assert any("files_portalimage" in query["sql"] for query in queries) == asked


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/health/live", "/nowhere/", "/exchanges/offers/"])
def test_every_answer_says_what_a_browser_may_do_with_it(client: Client, db: None, path: str) -> None:
    headers = client.get(path).headers
    assert dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; ")) == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/", "/search/", "/account/", "/admin/"])
def test_trace_is_refused_everywhere(client: Client, db: None, path: str) -> None:
    factories.sign_in(client, factories.person())
    answer = client.trace(path, headers={"X-Secret": "of the browser"})
    assert (answer.status_code, answer.content) == (405, b"")

"""What the log says of signing in: each try, how it fared and from which network; no address, password or code."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portal.accounts import attempts
from portal.community.models import Person
from tests import factories
from tests.portal.accounts.telephone import code_of, first_step, second_step, wrong_code

OURS = {"password_looked_at", "password_not_looked_at", "second_factor", "signed_in", "signed_out"}


def said(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return the events of signing in, in order, without what every line of the log has."""
    events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    fields = ("event", "user", "right", "outcome", "factor", "network")
    return [{name: each[name] for name in fields if name in each} for each in events if each["event"] in OURS]


def test_log_follows_a_sign_in_from_wrong_to_right_and_out(
    client: Client, enrolled: Person, caplog: pytest.LogCaptureFixture
) -> None:
    wrong, user, here = wrong_code(enrolled.user), enrolled.user_id, {"network": "localhost"}
    first_step(client, enrolled.user, password="a wrong one, all the same")
    first_step(client, enrolled.user)
    second_step(client, wrong)
    second_step(client, code_of(enrolled.user))
    assert said(caplog) == [
        {"event": "password_looked_at", "right": False, **here},
        {"event": "password_looked_at", "right": True, **here},
        {"event": "second_factor", "user": user, "outcome": "wrong", "factor": "", **here},
        {"event": "second_factor", "user": user, "outcome": "throttled", "factor": "", **here},
    ]
    assert enrolled.user.email not in caplog.text
    assert "a wrong one" not in caplog.text
    assert wrong not in caplog.text


def test_log_names_the_factor_and_the_end(client: Client, enrolled: Person, caplog: pytest.LogCaptureFixture) -> None:
    user, here = enrolled.user_id, {"network": "localhost"}
    first_step(client, enrolled.user)
    second_step(client, code_of(enrolled.user))
    client.post("/accounts/logout/")
    assert said(caplog)[1:] == [
        {"event": "second_factor", "user": user, "outcome": "ok", "factor": "AuthenticatorDevice", **here},
        {"event": "signed_in", "user": user, **here},
        {"event": "signed_out", "user": user, **here},
    ]


def test_log_says_that_a_password_was_not_looked_at(client: Client, db: None, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(attempts.PAIR.amount + 1):
        client.post("/accounts/login/", {"login": "nobody@example.org", "password": factories.PASSWORD})
    assert [each["event"] for each in said(caplog)][-2:] == ["password_looked_at", "password_not_looked_at"]
    assert "nobody@example.org" not in caplog.text


def test_log_holds_every_refusal(client: Client, db: None, caplog: pytest.LogCaptureFixture) -> None:
    factories.sign_in(client, factories.person())
    assert client.get("/admin/").status_code == 403
    assert client.get("/office/retention/").status_code == 404
    refused = [record for record in caplog.records if record.name == "django.request"]
    assert [(record.levelname, record.getMessage()) for record in refused] == [
        ("WARNING", "Forbidden (Permission denied): /admin/"),
        ("WARNING", "Not Found: /office/retention/"),
    ]


def test_log_of_a_refused_form_does_not_hold_the_key_in_its_address(db: None, caplog: pytest.LogCaptureFixture) -> None:
    key = "a" * 43
    answer = Client(enforce_csrf_checks=True).post(f"/accounts/enrol/{key}/")
    assert answer.status_code == 403
    assert "/accounts/enrol/…/" in caplog.text
    assert key not in caplog.text

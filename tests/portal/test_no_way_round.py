"""Every address of the portal, tried by those who may not: nothing is reached past the gate and the roles.

The addresses are read from the resolver, so that a new one is tried without anybody thinking of it. One with an object
in it has to be given a real one in `OBJECTS`: "not found" for an object that is nowhere would prove nothing.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from exchanges.models import Application, Call, HostOffer, HostWeek, MatchRun, Placement, Review
from portal.access import clock
from portal.accounts.middleware import EXEMPT
from portal.accounts.models import AuthenticatorDevice, Session, User
from portal.community.domain import samples
from portal.community.models import Person, Recovery
from portal.files.models import Attachment
from portal.jobs.models import Job
from portal.journal.models import Entry
from portal.privacy.models import Erasure
from portal.updates.models import Update
from tests import factories

METHODS = ("get", "head", "post", "options", "put", "delete")
#: What stands for the parameters of the CMS's addresses: its door is one, and asks before any object is looked for.
ANYTHING = {"int": "1", "slug": "x", "str": "x", "path": "x", "uuid": str(uuid.UUID(int=1))}


def _first(model: Any, field: str = "pk", **more: Any) -> dict[str, Any]:
    found = model.objects.first()
    assert found is not None, f"no {model.__name__} to try"
    return {field: getattr(found, field), **more}


def _run() -> dict[str, Any]:
    run = MatchRun.objects.first()
    return {"slug": run.call.slug, "number": run.number}


#: Names, by the beginning of which an address is known (the longest wins), and the object that stands in it.
OBJECTS: dict[str, Callable[[], dict[str, Any]]] = {
    "accounts_provider_unlink": lambda: {"pk": 1},
    "accounts_provider": lambda: {"key": "national"},
    "accounts_session_end": lambda: _first(Session, "sid"),
    "accounts_kept": lambda: {"pk": 1},
    "accounts_device": lambda: _first(AuthenticatorDevice, kind="app"),
    "recovery:request": lambda: _first(Recovery),
    "privacy:download": lambda: {"attachment_id": uuid.UUID(int=1), "name": "x.zip"},
    "privacy:": lambda: _first(Erasure),
    "exchanges:": lambda: _first(Call, "slug"),
    "exchanges:run": _run,
    "exchanges:sign_run": _run,
    "exchanges:offer": lambda: _first(HostOffer),
    "exchanges:offer_move": lambda: _first(HostOffer, verb="publish"),
    "exchanges:week_add": lambda: _first(HostOffer),
    "exchanges:week_change": lambda: _first(HostWeek, verb="block"),
    "exchanges:application": lambda: _first(Application),
    "exchanges:section": lambda: _first(Application, key="profile"),
    "exchanges:autosave": lambda: _first(Application, key="profile"),
    "exchanges:sent": lambda: _first(Application),
    "exchanges:withdraw": lambda: _first(Application),
    "exchanges:eligibility": lambda: _first(Application),
    "exchanges:endorsement": lambda: _first(Application),
    "exchanges:answer": lambda: _first(Application),
    "exchanges:review": lambda: _first(Review),
    "exchanges:placement": lambda: _first(Placement),
    "exchanges:write_agreement": lambda: _first(Placement),
    "exchanges:confirm": lambda: _first(Placement),
    "exchanges:confirm_day": lambda: _first(Placement, day=1),
    "exchanges:end_week": lambda: _first(Placement),
    "exchanges:stop_week": lambda: _first(Placement),
    "exchanges:report": lambda: _first(Placement),
    "exchanges:report_file_remove": lambda: _first(Placement, file=uuid.UUID(int=1)),
    "updates:": lambda: _first(Update),
    "files:download": lambda: {"attachment_id": _first(Attachment)["pk"], "name": "x.pdf"},
    "jobs:progress": lambda: {"job_id": _first(Job)["pk"]},
}
#: Of what is not exempt, all that a verified member without any role may open: members' pages and the own account.
MEMBERS_PAGES = {
    "account_reauthenticate",
    "accounts_app_add",
    "accounts_codes",
    "accounts_devices",
    "accounts_email",
    "accounts_mails",
    "accounts_overview",
    "accounts_passkey_add",
    "accounts_password",
    "accounts_providers",
    "accounts_sessions",
    "accounts_step_up",
    "community_profile",
    "exchanges:offer",
    "exchanges:placements",
    "exchanges:reviews",
    "privacy:data",
    "web:waiting",
}
#: What members send about themselves; other people's things cannot be named there.
OWN_BUTTONS = {
    "accounts_email_stop",
    "accounts_passkey_new_options",
    "accounts_provider_unlink",
    "accounts_session_end",
    "accounts_sessions_end_others",
    "exchanges:apply",
    "privacy:ask_copy",
}


@pytest.fixture(scope="module")
def content(django_db_setup: None, django_db_blocker: Any) -> Iterator[Person]:
    """The whole sample content, and a member without a role; loaded once and rolled back at the end."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        for loader in samples.loaders():
            loader.load(lambda line: None)
        member = factories.person("Nobody In Particular", "ES")
        other = factories.person("Somebody Else")
        factories.sign_in(Client(), other)
        Erasure.objects.create(user=other.user)
        Recovery.objects.create(person=other, way="letter", what="lost", asked_at=clock.now())
        Job.objects.get_or_create(
            name="x", owner=other.user, run_after=clock.now(), send_after=clock.now(), created_at=clock.now()
        )
        Attachment.objects.create(
            owner_type="exchanges.report",
            owner_id="1",
            name="x.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            stored_name="x",
        )
        Update.objects.get_or_create(state="draft", defaults={"prepared_at": clock.now()})
    yield member
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def _patterns() -> Iterator[tuple[str, list[Any], URLPattern]]:
    """Yield every address: its full name, the parts of its pattern, and the pattern itself."""

    def walk(resolver: Any, parts: list[Any], spaces: list[str]) -> Iterator[tuple[str, list[Any], URLPattern]]:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                inner = [*spaces, pattern.namespace] if pattern.namespace else spaces
                yield from walk(pattern, [*parts, pattern.pattern], inner)
            else:
                yield ":".join([*spaces, pattern.name or "?"]), [*parts, pattern.pattern], pattern

    yield from walk(get_resolver(), [], [])


def _in_cms(parts: list[Any]) -> bool:
    return "".join(str(part) for part in parts).lstrip("^").startswith("admin/")


def _cms_paths() -> list[str]:
    """Return an address for each pattern of the CMS."""
    paths = set()
    for name, parts, _ in _patterns():
        if not _in_cms(parts) or name.startswith("accounts_shadow"):
            continue
        text = "".join(str(part) for part in parts)
        text = re.sub(r"\(\?P<\w+>[^()]*\)", "1", text)
        text = re.sub(r"<(\w+):\w+>", lambda found: ANYTHING[found[1]], text)
        path = "/" + re.sub(r"[\^$\\]", "", re.sub(r"<\w+>", "x", text))
        # Taken over by `accounts.shadow_urls`, which the gate's own tests try.
        if not path.startswith(("/admin/login/", "/admin/password_reset/")):
            paths.add(path)
    return sorted(paths)


def _own_paths() -> dict[str, str]:
    """Return the address of each of the portal's own closed patterns, by name."""
    paths = {}
    for name, parts, _ in _patterns():
        if _in_cms(parts) or name in EXEMPT or name.startswith("wagtail"):
            continue
        wanted = {key for part in parts for key in part.converters} | {
            key for part in parts if hasattr(part, "regex") for key in part.regex.groupindex
        }
        known = max((key for key in OBJECTS if name.startswith(key)), key=len, default="")
        kwargs = OBJECTS[known]() if wanted else {}
        assert wanted <= set(kwargs), f"{name} needs {wanted}: name an object in OBJECTS"
        paths[name] = reverse(name, kwargs={key: kwargs[key] for key in wanted})
    return paths


def test_every_cms_address_sends_a_visitor_to_sign_in(content: Person, db: None) -> None:
    client, paths = Client(), _cms_paths()
    assert len(paths) > 200
    found = {
        (path, method): client.generic(method.upper(), path).headers.get("Location", "").partition("?")[0]
        for path in paths
        for method in METHODS
    }
    assert {key: target for key, target in found.items() if target != "/accounts/login/"} == {}


def test_every_cms_address_asks_an_unverified_session_for_its_second_factor(content: Person, db: None) -> None:
    administrator = User.objects.create_superuser("admin@example.org")
    client = Client()
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    found = {
        (path, method): client.generic(method.upper(), path).headers.get("Location", "").partition("?")[0]
        for path in _cms_paths()
        for method in METHODS
    }
    assert {key: target for key, target in found.items() if target != "/accounts/second-factor/"} == {}


def test_every_cms_address_refuses_a_verified_member_without_a_role(content: Person, db: None) -> None:
    client = factories.sign_in(Client(), content)
    before = Entry.objects.count()
    found = {
        (path, method): client.generic(method.upper(), path).status_code
        for path in _cms_paths()
        for method in ("get", "post")
    }
    assert {key: status for key, status in found.items() if status != 403} == {}
    assert Entry.objects.count() == before


def test_every_closed_address_is_shut_to_a_visitor(content: Person, db: None) -> None:
    paths, before = _own_paths(), Entry.objects.count()
    assert len(paths) > 80
    found = {}
    for name, path in paths.items():
        for method in METHODS:
            answer = Client().generic(method.upper(), path)
            target = answer.headers.get("Location", "").partition("?")[0]
            # A button's address, opened by hand, leads to its page, whether or not there is one: that is closed too.
            up = method in ("get", "head") and target not in ("", path) and path.startswith(target)
            if not (answer.status_code in (401, 404, 405) or target == "/accounts/login/" or up):
                found[(name, method)] = (answer.status_code, target)
    assert found == {}
    assert Entry.objects.count() == before


def test_every_closed_address_asks_an_unverified_session_for_its_second_factor(content: Person, db: None) -> None:
    client, paths = factories.sign_in(Client(), content, verified=False), _own_paths()
    AuthenticatorDevice.objects.create(user=content.user, name="A", confirmed=True)
    found = {
        (name, method): client.generic(method.upper(), path).headers.get("Location", "").partition("?")[0]
        for name, path in paths.items()
        for method in METHODS
    }
    assert {key: target for key, target in found.items() if target != "/accounts/second-factor/"} == {}


def test_every_closed_address_but_members_pages_is_nothing_to_a_member_without_a_role(
    content: Person, db: None
) -> None:
    opened = set()
    for name, path in _own_paths().items():
        answer = factories.sign_in(Client(), content).get(path)
        target = answer.headers.get("Location", "")
        if answer.status_code not in (403, 404, 405) and not (target and path.startswith(target)):
            opened.add(name)
    assert opened == MEMBERS_PAGES


def test_nothing_is_changed_by_what_a_member_without_a_role_sends(content: Person, db: None) -> None:
    before, found = Entry.objects.count(), {}
    for name, path in _own_paths().items():
        if name in MEMBERS_PAGES | OWN_BUTTONS:
            continue
        client = factories.sign_in(Client(), content)
        for method in ("post", "put", "delete"):
            status = client.generic(method.upper(), path).status_code
            if status not in (400, 403, 404, 405, 409):
                found[(name, method)] = status
    assert found == {}
    assert Entry.objects.count() == before

"""What caches may keep: public pages of visitors, and nothing else. What copies the portal itself holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from portal.access import clock
from portal.access.pages import set_page_rule
from portal.accounts import sessions
from portal.accounts.models import Session
from portal.community.models import Group
from portal.jobs.models import Job
from portal.pages.models import StandardPage
from portal.web import copies
from tests import content, factories


@pytest.fixture
def page(db: None) -> StandardPage:
    return content.home().add_child(instance=StandardPage(title="How it works", slug="how", lead="In short."))


def test_public_page_may_be_kept_by_anybody_for_a_minute(client: Client, page: StandardPage, settings: Any) -> None:
    settings.PUBLIC_PAGE_SECONDS = 60
    answer = client.get("/how/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=300"
    assert {name.strip() for name in answer.headers["Vary"].split(",")} == {"Cookie", "Accept-Encoding"}
    assert answer.cookies.output() == ""
    assert answer.headers["ETag"].startswith('W/"')


def test_public_page_is_asked_for_each_time_under_the_local_settings(client: Client, page: StandardPage) -> None:
    assert client.get("/how/").headers["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_unchanged_page_is_not_sent_again(client: Client, page: StandardPage, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get("/how/", headers=headers)
    again = client.get("/how/", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert "Cookie" in again.headers["Vary"]
    page.title = "How it really works"
    page.save()
    changed = client.get("/how/", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_page_in_another_scheme_is_another_page(client: Client, page: StandardPage) -> None:
    light = client.get("/how/")
    client.cookies["scheme"] = "dark"
    dark = client.get("/how/", headers={"If-None-Match": light.headers["ETag"]})
    assert dark.status_code == 200
    assert ' data-scheme="dark"' in dark.content.decode()
    assert dark.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_page_of_a_signed_in_person_is_kept_nowhere(page: StandardPage) -> None:
    person = factories.sign_in(Client(), factories.person())
    answer = person.get("/how/")
    assert "How it works" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


def test_page_with_an_old_session_cookie_is_kept_nowhere(client: Client, page: StandardPage, settings: Any) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "long-gone"
    assert client.get("/how/").headers["Cache-Control"] == "private, no-store"


def test_page_for_members_is_kept_nowhere(page: StandardPage) -> None:
    member = factories.sign_in(Client(), factories.person(groups=[factories.group()]))
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    answer = member.get("/how/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert Client().get("/how/").headers["Cache-Control"] == "private, no-store"


def test_message_is_shown_once_and_kept_nowhere(page: StandardPage) -> None:
    person = factories.sign_in(Client(), factories.person())
    Session.objects.update(last_used=clock.machine_now() - 2 * sessions.IDLE)
    words = "You were signed out after 60 minutes without use."
    ended = person.get("/how/")
    told = person.get("/how/")
    # A browser forgets a deleted cookie; the test client goes on sending it empty.
    for name in [name for name, morsel in person.cookies.items() if not morsel.value]:
        del person.cookies[name]
    after = person.get("/how/")
    assert [words in answer.content.decode() for answer in (ended, told, after)] == [False, True, False]
    assert [answer.headers["Cache-Control"].split(",")[0] for answer in (ended, told, after)] == [
        "private",
        "private",
        "public",
    ]
    assert words not in Client().get("/how/").content.decode()


def test_visitor_gets_no_cookie_but_with_a_form_that_needs_one(page: StandardPage) -> None:
    visitor = Client(enforce_csrf_checks=True)
    for path in ("/", "/how/", "/search/", "/search/?q=border", "/accounts/signup/"):
        assert visitor.get(path).cookies.output() == ""
    form = visitor.get("/accounts/login/")
    assert list(form.cookies) == ["csrftoken"]
    assert "no-store" in form.headers["Cache-Control"]


def test_form_of_a_visitor_still_passes_its_check_after_kept_pages(page: StandardPage) -> None:
    visitor = Client(enforce_csrf_checks=True)
    visitor.get("/how/")
    form = visitor.get("/accounts/login/")
    typed = {"login": "nobody@example.org", "password": "wrong", "csrfmiddlewaretoken": form.context["csrf_token"]}
    refused = visitor.post("/accounts/login/", {**typed, "csrfmiddlewaretoken": "x" * 64})
    assert refused.status_code == 403
    taken = visitor.post("/accounts/login/", typed)
    assert taken.status_code == 200
    assert taken.context["form"].errors
    # The cookie of the form stays; pages without one may be kept all the same.
    assert visitor.get("/how/").headers["Cache-Control"].startswith("public")


# ── Copies: outside a transaction, as in life ────────────────────────────────────────────────
@pytest.fixture
def lived(transactional_db: None) -> StandardPage:
    caches["pages"].clear()
    # Emptying the database after such a test takes with it what migrations have put there.
    if Page.get_first_root_node() is None:
        Page.add_root(instance=Page(title="Root", slug="root"))
    return content.home().add_child(instance=StandardPage(title="How it works", slug="how", lead="In short."))


def costs(client: Client, path: str = "/how/") -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_second_visitor_gets_a_copy_without_a_query(lived: StandardPage) -> None:
    first, second = Client().get("/how/"), Client().get("/how/")
    assert costs(Client()) == 0
    assert second.content == first.content
    assert {**second.headers} == {**first.headers}
    assert Client().get("/how/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("how", ["save", "update", "many", "rule", "raw", "other"])
def test_any_change_of_what_is_shown_makes_copies_void(lived: StandardPage, how: str) -> None:
    Client().get("/how/")
    assert costs(Client()) == 0
    if how == "save":
        lived.save()
    elif how == "update":
        StandardPage.objects.update(lead="Longer.")
    elif how == "many":
        Group.objects.bulk_create([Group(name="Space", short_name="Space", slug="space")])
    elif how == "rule":
        set_page_rule(page=lived, tlp="TLP:CLEAR", audience="public")
    elif how == "raw":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE wagtailcore_page SET title = 'Otherwise' WHERE slug = 'how'")
    else:
        factories.country("LV")
    assert costs(Client()) > 0


def test_withdrawn_page_is_gone_at_once(lived: StandardPage) -> None:
    assert Client().get("/how/").status_code == 200
    assert costs(Client()) == 0
    set_page_rule(page=lived, tlp="TLP:GREEN", audience="members")
    assert Client().get("/how/").status_code == 404


def test_copy_outlives_a_change_that_is_taken_back(lived: StandardPage) -> None:
    Client().get("/how/")
    with transaction.atomic():
        StandardPage.objects.update(lead="Never.")
        assert "Never." in Client().get("/how/").content.decode()
        transaction.set_rollback(True)
    assert costs(Client()) == 0
    assert "Never." not in Client().get("/how/").content.decode()


def test_work_that_no_page_shows_leaves_copies_alone(lived: StandardPage) -> None:
    Client().get("/how/")
    moment = clock.machine_now()
    Job.objects.create(name="test.nothing", run_after=moment, send_after=moment, created_at=moment)
    assert costs(Client()) == 0


def test_copy_ends_with_its_minute(lived: StandardPage) -> None:
    with clock.at(dt.datetime(2026, 12, 1, 12, 0, 10, tzinfo=dt.UTC)):
        Client().get("/how/")
        assert costs(Client()) == 0
    with clock.at(dt.datetime(2026, 12, 1, 12, 1, 1, tzinfo=dt.UTC)):
        assert costs(Client()) > 0


def test_copy_is_given_to_visitors_alone(lived: StandardPage, settings: Any) -> None:
    person = factories.sign_in(Client(), factories.person("Ilze Paraugs"))
    visitor = Client()
    visitor.get("/how/")
    assert costs(visitor) == 0
    seen = person.get("/how/").content.decode()
    assert "Ilze Paraugs" in seen
    assert "Ilze Paraugs" not in visitor.get("/how/").content.decode()
    assert 'data-viewer="' not in Client().get("/how/").content.decode()


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("SELECT 1", False),
        ("  select 1", False),
        ("SAVEPOINT x", False),
        ('UPDATE "wagtailcore_page" SET x = 1', True),
        ('INSERT OR IGNORE INTO "library_topic" VALUES (1)', True),
        ('DELETE FROM "community_person" WHERE id = 1', True),
        ('INSERT INTO "django_session" VALUES (1)', False),
        ('UPDATE "jobs_job" SET x = 1', False),
        ('UPDATE "accounts_user" SET x = 1', False),
        ("WITH gone AS (DELETE FROM x) SELECT 1", True),
        ("TRUNCATE wagtailcore_page", True),
    ],
)
def test_statements_that_change_what_pages_show(sql: str, answer: bool) -> None:
    assert copies.shows(sql) is answer


def test_pages_stand_while_the_cache_is_down_and_no_copy_is_shown(
    client: Client, rf: RequestFactory, db: None, settings: Any
) -> None:
    assert copies.place_of(rf.get("/updates/")) is not None
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "default": nowhere}
    assert [client.get(path).status_code for path in ("/updates/", "/health/live")] == [200, 200]
    copies.void()
    assert copies.place_of(rf.get("/updates/")) is None

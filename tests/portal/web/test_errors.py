import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.template.loader import render_to_string
from django.test import Client

from portal.web import registries
from portal.web.views import errors

PAGES = {
    400: "This request could not be read",
    403: "This is not open to you",
    404: "There is nothing here for you to see",
    409: "That is not possible any more, or not yet",
    413: "That was more than we can take at once",
    429: "Too many tries in a short time",
    500: "Something broke on our side",
    503: "The portal is being looked after",
}


# pytest-django refuses the database to a test that does not ask for it: these pages must stand without one.
@pytest.mark.parametrize("status", PAGES)
def test_error_page_stands_without_database_request_and_context(status):
    html = render_to_string(f"errors/{status}.html")
    assert f"<h1>{PAGES[status]}</h1>" in html
    assert '<a class="skip" href="#main">' in html
    assert '<h2 id="next-h">What to do next</h2>' in html
    assert html.count("<li>") >= 2


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (lambda request: errors.handler400(request, SuspiciousOperation()), 400),
        (lambda request: errors.handler400(request, RequestDataTooBig()), 413),
        (lambda request: errors.handler403(request, PermissionError()), 403),
        (lambda request: errors.handler404(request, LookupError()), 404),
        (errors.handler500, 500),
        (errors.csrf_failure, 403),
        (errors.too_many_requests, 429),
        (errors.unavailable, 503),
    ],
)
def test_handler_answers_with_its_page(rf, handler, status):
    response = handler(rf.get("/somewhere/"))
    heading = "This form is out of date" if handler is errors.csrf_failure else PAGES[status]
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in response.content.decode()


def test_error_page_has_the_main_navigation(rf, monkeypatch):
    navigation = registries.Navigation()
    navigation.add(registries.NavEntry("Library", "/library/", 10, "library"))
    monkeypatch.setattr(registries, "navigation", navigation)
    assert '<li><a href="/library/">Library</a></li>' in errors.handler500(rf.get("/")).content.decode()


# The database is refused to this test, so whatever the page asks of it raises: what a visitor then gets is the real
# answer of the whole stack. Refused by name, because fixtures of other tests may have left it open.
def test_portal_without_a_database_answers_with_its_own_page(django_db_blocker):
    with django_db_blocker.block():
        response = Client(raise_request_exception=False).get("/groups/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "<h1>Something broke on our side</h1>" in html
    assert '<a href="/library/">Library</a>' in html


def test_lost_page_can_be_searched_for_at_once(rf):
    html = errors.handler404(rf.get("/nowhere/")).content.decode()
    assert '<form class="ask" action="/search/" method="get">' in html


def test_error_page_keeps_the_chosen_display(rf):
    rf.cookies["scheme"] = "dark"
    assert '<html lang="en" data-scheme="dark">' in errors.handler404(rf.get("/")).content.decode()


def test_error_page_ignores_a_made_up_display(rf):
    rf.cookies["scheme"] = '"><script>'
    assert '<html lang="en">' in errors.handler404(rf.get("/")).content.decode()


def test_too_many_requests_says_when_to_try_again(rf):
    response = errors.too_many_requests(rf.get("/"), retry_after=30)
    assert response.headers["Retry-After"] == "30"
    assert "Try again in 30 seconds." in response.content.decode()


def test_long_waits_are_said_in_minutes(rf):
    assert "Expected back within 5 minutes." in errors.unavailable(rf.get("/"), retry_after=300).content.decode()


def test_conflict_page_names_every_problem():
    html = render_to_string("errors/409.html", {"problems": ["The call has closed.", "A review is missing."]})
    assert "<li>The call has closed.</li><li>A review is missing.</li>" in html


@pytest.mark.parametrize("name", ["400", "403", "404", "500"])
def test_root_template_is_the_same_page(name):
    assert render_to_string(f"{name}.html") == render_to_string(f"errors/{name}.html")


@pytest.mark.parametrize("status", PAGES)
def test_error_page_can_be_looked_at_with_its_status_under_local_settings_alone(client, db, settings, status):
    settings.NOC_LOCAL = True
    shown = client.get(f"/style/errors/{status}/")
    assert (shown.status_code, f"<h1>{PAGES[status]}</h1>" in shown.content.decode()) == (status, True)
    assert client.get("/style/errors/418/").status_code == 404
    settings.NOC_LOCAL = False
    hidden = client.get(f"/style/errors/{status}/")
    assert (hidden.status_code, f"<h1>{PAGES[404]}</h1>" in hidden.content.decode()) == (404, True)

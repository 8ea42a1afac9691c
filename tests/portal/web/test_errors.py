import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.template.loader import render_to_string

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
    assert "Go back" in html or 'class="btn"' in html


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


def test_conflict_page_names_every_problem():
    html = render_to_string("errors/409.html", {"problems": ["The call has closed.", "A review is missing."]})
    assert "<li>The call has closed.</li><li>A review is missing.</li>" in html


@pytest.mark.parametrize("name", ["400", "403", "404", "500"])
def test_root_template_is_the_same_page(name):
    assert render_to_string(f"{name}.html") == render_to_string(f"errors/{name}.html")

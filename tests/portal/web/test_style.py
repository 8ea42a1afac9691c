from pathlib import Path

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test.signals import template_rendered

import portal.web
from portal.web.views.style import style

pytestmark = pytest.mark.urls("tests.portal.web.urls")
COMPONENTS = {
    f"components/{path.name}" for path in (Path(portal.web.__file__).parent / "templates" / "components").glob("*.html")
}
#: Shown by the frame of real pages alone: they need a request that Wagtail answered, or a picture of the library.
ELSEWHERE = {"components/languages.html", "components/picture.html", "components/shared.html"}


@pytest.fixture
def used():
    names = set()

    def note(sender, template, **kwargs):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def test_style_guide_shows_every_component(ask, settings, used):
    settings.NOC_LOCAL = True
    response = style(ask("/style/"))
    assert response.status_code == 200
    assert COMPONENTS - used <= ELSEWHERE


def test_style_guide_repeats_no_id(ask, settings):
    settings.NOC_LOCAL = True
    html = style(ask("/style/")).content.decode()
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert sorted({id_ for id_ in ids if ids.count(id_) > 1}) == []


def test_style_guide_fits_the_budget_of_a_page(ask, settings):
    settings.NOC_LOCAL = True
    # Gzip at its usual level, as the server sends it; this page is four pages in one.
    assert len(_gzipped(style(ask("/style/")).content)) < 30_000


def _gzipped(content):
    import gzip

    return gzip.compress(content, 6)


def test_style_guide_is_hidden_outside_the_local_settings(ask, settings):
    settings.NOC_LOCAL = False
    with pytest.raises(Http404):
        style(ask("/style/"))


def test_confirmation_says_what_happens_next_and_when():
    html = render_to_string(
        "components/confirmation.html",
        {
            "title": "Your application is with us",
            "reference": "2027/1-007",
            "steps": [{"when": "Within ten days", "text": "Your contact point endorses it."}],
            "actions": [("Home page", "/")],
        },
    )
    assert "Your reference<b>2027/1-007</b>" in html
    assert "<li><h3>Within ten days</h3>Your contact point endorses it.</li>" in html


def test_clock_is_drawn_twice_with_ids_of_its_own(ask, settings):
    settings.NOC_LOCAL = True
    html = style(ask("/style/")).content.decode()
    assert 'aria-labelledby="crowded-wt crowded-wd"' in html
    assert 'aria-labelledby="crowded-t crowded-d"' in html

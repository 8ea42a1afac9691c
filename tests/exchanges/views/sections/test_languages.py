"""Languages of an application, row by row."""

import pytest

from tests.exchanges.views.sections.helpers import fresh, languages, rows, url
from tests.exchanges.views.test_public import text

pytestmark = pytest.mark.django_db


def test_a_language_is_added_and_removed_by_buttons(application, mine) -> None:
    response = mine.post(url(application, "languages"), rows(("en", "C1"), version=1, aim="See", add="1"))
    assert response.headers["Location"] == f"{url(application, 'languages')}?more=1#rows"
    page = text(mine.get(f"{url(application, 'languages')}?more=1"))
    assert 'name="languages-1-language"' in page

    mine.post(url(application, "languages"), rows(("en", "C1"), ("fi", "A2"), version=2, aim="See"))
    assert languages(application) == [("en", "C1"), ("fi", "A2")]

    mine.post(url(application, "languages"), rows(("en", "C1"), ("fi", "A2"), version=3, aim="See", remove="0"))
    assert languages(application) == [("fi", "A2")]
    assert fresh(application).aim == "See"


def test_a_language_without_level_is_kept_and_asked_for(application, mine) -> None:
    mine.post(url(application, "languages"), rows(("en", "C1"), ("fi", ""), version=1, aim="See", bring_home="It"))

    page = text(mine.get(url(application, "languages")))
    assert languages(application) == [("en", "C1"), ("fi", "")]
    assert '<a href="#id_languages-1-level">Choose your level in Finnish</a>' in page
    assert 'id="id_languages-1-level_error">Choose your level in Finnish' in page


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("en", "C1"), ("en", "B2")], "This language stands in another row already"),
        ([("", "B2")], "Choose the language of this level"),
        ([("xx", "B2")], "Select a valid choice. xx is not one of the available choices."),
    ],
)
def test_wrong_rows_are_told_and_the_text_beside_them_is_saved(application, mine, pairs, words) -> None:
    response = mine.post(url(application, "languages"), rows(*pairs, version=1, aim="See"))

    assert response.status_code == 400
    assert words in text(response)
    assert fresh(application).aim == "See"


@pytest.mark.parametrize("count", ["", "x", "-3", "9999999", "²"])
def test_a_broken_count_of_rows_is_no_error(application, mine, count) -> None:
    response = mine.post(url(application, "languages"), {"languages-TOTAL_FORMS": count, "version": "1", "aim": "See"})
    assert response.status_code == 302

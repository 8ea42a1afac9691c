"""The catalogues: complete for what the code says, compiled, and used on the pages."""

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.test import Client
from django.utils import translation

from portal.bootstrap import messages
from portal.web import words
from portal.web.templatetags import noc
from tests.portal.web.test_languages import FOREIGN

#: Words that are the same in English: names, and a few that the languages share.
SAME = re.compile(
    r"NOC Community|ENLETS|contact@enlets\.eu|TLP|English|Deutsch|Français|Polski|System|Workshop|Pages?|Film"
)


@pytest.fixture(scope="module")
def template() -> Catalog:
    return messages.extract()


@pytest.mark.parametrize("language", FOREIGN)
def test_catalogue_has_exactly_the_words_of_the_code(language: str, template: Catalog) -> None:
    """`make messages` mends it."""
    catalogue = messages.read(language)
    assert {(it.context, it.id) for it in catalogue} == {(it.context, it.id) for it in template}


@pytest.mark.parametrize("language", FOREIGN)
def test_catalogue_is_complete_and_its_placeholders_are_those_of_the_english_words(language: str) -> None:
    catalogue = messages.read(language)
    assert messages.untranslated(catalogue) == []
    assert [(message.id, [str(fault) for fault in faults]) for message, faults in catalogue.check()] == []
    for message in catalogue:
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string)
            wanted = {name for one in ids for name in re.findall(r"%\((\w+)\)|\{(\w+)\}", one)}
            used = {name for one in strings for name in re.findall(r"%\((\w+)\)|\{(\w+)\}", one)}
            assert used == wanted, message.id
            tags = [re.findall(r"</?\w+", one) for one in (ids[-1], *strings)]
            assert all(sorted(found) == sorted(tags[0]) for found in tags), message.id


@pytest.mark.parametrize("language", FOREIGN)
def test_catalogue_is_compiled_from_its_present_source(language: str) -> None:
    """`make messages` mends it."""
    assert messages.mo_path(language).read_bytes() == messages.mo_bytes(messages.read(language))
    assert messages.po_path(language).read_bytes() == messages.po_bytes(messages.read(language))


@pytest.mark.parametrize("path", sorted(templates_for_visitors()), ids=lambda path: "/".join(path.parts[-2:]))
def test_template_for_visitors_has_no_unmarked_words(path: Path) -> None:
    """What stands between tags outside `translate` would stay English in every language."""
    text = UNREAD.sub(" ", path.read_text(encoding="utf-8"))
    left = [" ".join(piece.split()) for piece in MARKUP.split(text)]
    assert [piece for piece in left if re.search("[A-Za-z]{2}", piece) and not NAMES.fullmatch(piece)] == []


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.django_db
def test_home_page_has_no_english_interface_words(language: str, sample_content: None, client: Client) -> None:
    html = client.get(f"/{language}/").content.decode()
    english = {it.id for it in messages.read(language) if it.id and isinstance(it.id, str) and it.string != it.id}
    # What is marked as English may say anything.
    html = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", html, flags=re.DOTALL)
    shown = {" ".join(unescape(text).split()) for text in re.findall(r">([^<>]+)<", html)}
    shown |= {unescape(text) for text in re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]+)"', html)}
    assert {text for text in shown & english if not SAME.fullmatch(text)} == set()
    assert {"de": "Bibliothek öffnen", "fr": "Ouvrir la bibliothèque", "pl": "Otwórz bibliotekę"}[language] in shown


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("de", 1, "1 Tag"),
        ("de", 3, "3 Tage"),
        ("fr", 0, "0 jour"),
        ("fr", 2, "2 jours"),
        ("pl", 1, "1 dzień"),
        ("pl", 2, "2 dni"),
        ("pl", 22, "22 dni"),
    ],
)
def test_count_of_days_has_its_plural(language: str, number: int, text: str) -> None:
    with translation.override(language):
        assert words.numbered(number, "%(n)s day", "%(n)s days") == text


@pytest.mark.parametrize(("number", "text"), [(1, "1 kraj"), (3, "3 kraje"), (5, "5 krajów"), (22, "22 kraje")])
def test_polish_has_three_forms(number: int, text: str) -> None:
    with translation.override("pl"):
        assert words.ngettext("%(words)s country", "%(words)s countries", number) % {"words": number} == text


@pytest.mark.parametrize(
    ("language", "moment", "dates", "number"),
    [
        ("en-gb", "Friday 1 January 2027, 00:30 Brussels time", "1 to 5 January 2027", "1,234"),
        ("de", "Freitag, 1. Januar 2027, 00:30 Uhr Brüsseler Zeit", "1. bis 5. Januar 2027", "1.234"),
        ("fr", "vendredi 1er janvier 2027, 00:30, heure de Bruxelles", "du 1er au 5 janvier 2027", "1\xa0234"),
        ("pl", "piątek, 1 stycznia 2027, godz. 00:30 czasu brukselskiego", "od 1 do 5 stycznia 2027", "1\xa0234"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_does(
    language: str, moment: str, dates: str, number: str
) -> None:
    with translation.override(language):
        assert noc.brussels(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)) == moment
        assert noc.span(dt.date(2027, 1, 1), dt.date(2027, 1, 5)) == dates
        assert words.figure(1234) == number

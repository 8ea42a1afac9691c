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
from portal.web import dates, words
from tests.portal.web.test_languages import FOREIGN

#: Words that are the same in English: names, and a few that the languages share.
SAME = re.compile(r"NOC Community|contact@enlets\.eu|TLP|System|Workshop|Pages?|Film")
#: Words that every language leaves as they are, and those of the clock's steps, which are English and marked so.
NAMES = re.compile(
    r"\|? ?NOC Community:?|ENLETS Operational Centres|Słowackiego 17/11|60-822 Poznań,|contact@enlets\.eu|coord\*"
    r"|T\+0 to T\+60|, critical|Critical|Golden Hour clock:|, with the name of each step"
)
#: Parts of a template that print nothing, or that are translated as a whole.
UNREAD = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<script.*?</script>"
    r"|\{% blocktranslate.*?\{% endblocktranslate %\}",
    re.DOTALL,
)
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<(?:[^<>{]|\{%.*?%\}|\{\{.*?\}\})*>", re.DOTALL)
#: Templates beside those for visitors: members' areas are English, and the CMS is Wagtail's.
FOR_MEMBERS = re.compile(
    r"/(exchanges/(apply|application|offers|office|endorsement|desk)/|exchanges/(answers_block|clash|placements?|refused"
    r"|report\w*|reviews?|rule_list|run|wish_list|panels/desks)\.html|updates/(office|panels)/|outbox/|mail/"
    r"|recovery/(desk|request|panels)"
    r"|accounts/(session_ended|account|step_up)|account/reauthenticate|account/messages/|web/(style|waiting)|wagtail\w*/"
    r"|components/(answers|savebar|tasks|waits|week_strip|weeks|pipeline|progress|term|tiles|ranges|matrix|duel|dialog"
    r"|hour|plain|mark|switch|person|folk|put_back)\w*\.html|search/search|jobs/|files/|privacy/)"
)


#: The frame of the account area: what extends it is for members.
ACCOUNT = '{% extends "accounts/account.html" %}'


def templates_for_visitors() -> list[Path]:
    return [
        path
        for path in messages.sources()
        if path.suffix == ".html"
        and not FOR_MEMBERS.search(path.as_posix())
        and not path.read_text(encoding="utf-8").startswith(ACCOUNT)
    ]


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
    # A template may be the attributes of a tag that another one opens.
    text = re.sub(r'\bdata-[a-z-]+="', '"', text)
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
    ("language", "moment", "days", "number"),
    [
        ("en-gb", "Friday 1 January 2027, 00:30 Brussels time", "1 to 5 January 2027", "1,234"),
        ("de", "Freitag, 1. Januar 2027, 00:30 Uhr Brüsseler Zeit", "1. bis 5. Januar 2027", "1.234"),
        ("fr", "vendredi 1er janvier 2027, 00:30, heure de Bruxelles", "du 1er au 5 janvier 2027", "1\xa0234"),
        ("pl", "piątek, 1 stycznia 2027, godz. 00:30 czasu brukselskiego", "od 1 do 5 stycznia 2027", "1\xa0234"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_does(language: str, moment: str, days: str, number: str) -> None:
    with translation.override(language):
        assert dates.brussels(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)) == moment
        assert dates.span(dt.date(2027, 1, 1), dt.date(2027, 1, 5)) == days
        assert words.figure(1234) == number

"""What a viewer finds, and above all what nobody else does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from portal.access.labels import TLP, Audience
from portal.access.pages import set_page_rule
from portal.access.viewer import ANONYMOUS, Viewer
from portal.search.registry import Part
from portal.search.site_search import Results, search
from tests import factories
from tests.portal.search.conftest import MEMBER, STRANGER, UNVERIFIED


def ask(query: str, viewer: Viewer = ANONYMOUS, **options: Any) -> Results:
    return search(query=query, filters=options.pop("filters", {}), viewer=viewer, **options)


def titles(results: Results) -> list[str]:
    return ["".join(piece.text for piece in hit.title) for hit in results.hits]


def options(results: Results, facet: str) -> dict[str, int]:
    return {o.value: o.count for f in results.facets if f.name == facet for o in f.options}


def test_search_word_finds_title_before_text(add: Any, index: Any) -> None:
    add("A morning in Riga", text="The neighbours were alerted by radio.")
    add("Alert the neighbours first", text="Before the map is complete.")
    index()
    assert titles(ask("alert neighbour")) == ["Alert the neighbours first", "A morning in Riga"]


def test_search_stems_and_folds_each_language(add: Any, index: Any) -> None:
    add("Współpraca", text="Centrum w Poznaniu wysyła patrole.", language="pl")
    add("Zusammenarbeit", text="Die Leitstellen üben gemeinsam.", language="de")
    index()
    assert titles(ask("patrol")) == ["Współpraca"]
    assert titles(ask("wspolpraca")) == ["Współpraca"]
    assert titles(ask("Leitstelle")) == ["Zusammenarbeit"]
    assert titles(ask("uben")) == ["Zusammenarbeit"]


def test_search_phrase_keeps_order_and_does_not_cross_parts(add: Any, index: Any) -> None:
    add("One", parts=(Part("It ends with golden", "page 1"), Part("hour begins here", "page 2")))
    add("Two", text="The golden hour decides.")
    add("Three", text="An hour, golden or not.")
    index()
    assert titles(ask('"golden hour"')) == ["Two"]
    assert len(titles(ask("golden hour"))) == 3


def test_search_not_prefix_and_filters(add: Any, index: Any) -> None:
    add("Border alert", text="drones at the border", kind="lesson", country="PL", topics=("Data exchange",))
    add("Border message", text="plain", kind="report", country="LV", topics=("Training",), date=dt.date(2025, 5, 1))
    index()
    assert titles(ask("border -drones")) == ["Border message"]
    assert len(titles(ask("bord*"))) == 2
    assert titles(ask("border kind:lesson")) == ["Border alert"]
    assert titles(ask('topic:"data exchange"')) == ["Border alert"]
    assert titles(ask("border country:lv year:2025")) == ["Border message"]
    assert titles(ask("border", filters={"country": ["PL", "LV"], "year": ["2025"]})) == ["Border message"]


def test_facets_count_each_value_without_its_own_filter(add: Any, index: Any) -> None:
    add("Border one", kind="lesson", scenarios=("Manhunt", "Missing persons"))
    add("Border two", kind="report", scenarios=("Manhunt",))
    add("Border three", kind="report", scenarios=("Natural hazard, cross-border",))
    index()
    found = ask("border", filters={"scenario": ["manhunt"]})
    assert found.total == 2
    assert options(found, "scenario") == {"Manhunt": 2, "Missing persons": 1, "Natural hazard, cross-border": 1}
    assert options(found, "kind") == {"lesson": 1, "report": 1}


def test_sort_newest_and_title(add: Any, index: Any) -> None:
    add("Border b", date=dt.date(2021, 1, 1))
    add("Border c", date=dt.date(2024, 1, 1))
    add("Border a", date=dt.date(2022, 1, 1))
    index()
    assert titles(ask("border", sort="newest")) == ["Border c", "Border a", "Border b"]
    assert titles(ask("border", sort="title")) == ["Border a", "Border b", "Border c"]


def test_passages_say_where_they_stand(add: Any, index: Any) -> None:
    add(
        "Manhunt",
        parts=(
            Part("Nothing of use here.", "page 3", "#page=3"),
            Part("We ask the border question. Alerts go out with it. " * 2, "page 4", "#page=4"),
            Part("Four minutes later the border is awake.", "02:13", "?t=133"),
        ),
    )
    index()
    hit = ask("border alert").hits[0]
    assert [(p.label, p.anchor) for p in hit.passages] == [("page 4", "#page=4"), ("02:13", "?t=133")]
    assert [piece.text for piece in hit.passages[0].pieces if piece.found][:2] == ["border", "Alerts"]


@pytest.mark.parametrize(("principal", "allowed"), [("members", STRANGER), ("group:1", MEMBER), ("named:5", MEMBER)])
def test_restricted_item_is_found_by_the_allowed_and_leaves_no_trace_for_others(
    add: Any, index: Any, principal: str, allowed: Viewer
) -> None:
    add("Zanzibar protocol", principal, text="quicksilver channel", topics=("Hush",), country="FI", kind="lesson")
    add("Open protocol", text="a public channel", topics=("Training",))
    index()
    seen = ask("protocol", allowed)
    assert sorted(titles(seen)) == ["Open protocol", "Zanzibar protocol"]
    assert options(seen, "topic") == {"Hush": 1, "Training": 1}
    assert ask("quicksilvr", allowed).mean.text == "quicksilver"
    others = [ANONYMOUS, UNVERIFIED] + ([] if principal == "members" else [STRANGER])
    for viewer in others:
        found = ask("protocol", viewer)
        assert (titles(found), found.total) == (["Open protocol"], 1)
        assert options(found, "topic") == {"Training": 1}
        assert options(found, "country") == {}
        assert options(found, "kind") == {"report": 1}
        for words in (
            "zanzibar",
            "quicksilver",
            "quick*",
            '"quicksilver channel"',
            "topic:hush",
            "country:fi",
            "zanzibr",
        ):
            nothing = ask(words, viewer)
            assert (nothing.total, nothing.hits, nothing.mean, nothing.fewer) == (0, (), None, ())
            assert nothing.unfiltered == (ask("", viewer).total if ":" in words else 0)
        assert ask("quicksilver protocol", viewer).fewer[0].text == "protocol"


def test_filter_of_a_hidden_value_is_shown_as_typed(add: Any, index: Any) -> None:
    add("Secret", "group:1", topics=("Hush Of Night",))
    add("Open")
    index()
    assert options(ask("", MEMBER, filters={"topic": ["hush of night"]}), "topic") == {"Hush Of Night": 1}
    assert options(ask("", filters={"topic": ["hush of night"]}), "topic") == {"hush of night": 0}


def test_did_you_mean_says_what_it_finds(add: Any, index: Any) -> None:
    add("Border alert")
    index()
    found = ask("bordre alrt")
    assert found.total == 0
    assert (found.mean.text, found.mean.count) == ("border alert", 1)


def test_did_you_mean_without_filters_that_leave_nothing(add: Any, index: Any) -> None:
    add("Border alert")
    index()
    found = ask("bordre", filters={"year": ["1999"]})
    assert (found.mean.text, found.mean.count, found.mean.unfiltered) == ("border", 1, True)


def test_help_counts_what_fewer_words_and_no_filters_would_find(add: Any, index: Any) -> None:
    add("Border alert")
    add("Border message")
    index()
    found = ask("border xylophone")
    assert [(a.text, a.count, a.dropped) for a in found.fewer] == [("border", 2, "xylophone")]
    assert ask("border", filters={"year": ["1999"]}).unfiltered == 2


def test_revoked_item_is_gone_before_and_after_the_drain(add: Any, index: Any) -> None:
    page = add("Border protocol", text="widely known")
    add("Border other")
    index()
    assert ask("border").total == 2
    set_page_rule(page=page, tlp=TLP.AMBER, audience=Audience.GROUP, keys=("1",))
    for _ in range(3):
        found = ask("border")
        assert (titles(found), found.total, options(found, "kind")) == (["Border other"], 1, {"report": 1})
        assert ask("widely").total == 0
        index()
    assert ask("widely", MEMBER).total == 1


def test_revoked_item_the_index_never_heard_of_is_refused_and_not_counted(add: Any, index: Any) -> None:
    from portal.search.models import IndexChange

    page = add("Border protocol")
    add("Border other")
    index()
    set_page_rule(page=page, tlp=TLP.AMBER, audience=Audience.GROUP, keys=("1",))
    IndexChange.objects.all().delete()
    found = ask("border")
    assert (titles(found), found.total, options(found, "kind")) == (["Border other"], 1, {"report": 1})


def test_unpublished_changed_and_deleted_pages_follow_in_one_process(add: Any, index: Any, shelf: Any) -> None:
    page = add("Border protocol", text="old words")
    index()
    for round_ in range(5):
        shelf.fields[page.pk] = {"parts": (Part(f"wording{round_}"),)}
        page.save()
        index()
        assert ask(f"wording{round_}").total == 1
        assert ask(f"wording{round_ - 1}").total == 0
    page.live = False
    page.save()
    index()
    assert ask("protocol").total == 0
    page.live = True
    page.save()
    index()
    assert ask("protocol").total == 1
    page.delete()
    assert ask("protocol").total == 0
    index()
    assert ask("protocol").total == 0


def test_long_question_is_cut_and_says_so(add: Any, index: Any) -> None:
    add("Border")
    index()
    assert ask(" ".join(f"word{n}" for n in range(40))).query.cut is True
    assert ask("border").query.cut is False


def test_pages_beyond_the_last_show_the_last(add: Any, index: Any) -> None:
    for number in range(12):
        add(f"Border {number:02}")
    index()
    found = ask("border", page=99, sort="title")
    assert (found.page, found.pages, found.first, found.last) == (2, 2, 11, 12)
    assert titles(found) == ["Border 10", "Border 11"]


def test_tlp_and_kind_can_be_named_in_words(add: Any, index: Any) -> None:
    add("Border protocol", "members")
    add("Border lesson", kind="lesson")
    index()
    assert titles(ask("tlp:green", MEMBER)) == ["Border protocol"]
    assert titles(ask("kind:Lesson", MEMBER)) == ["Border lesson"]


def test_registered_names_stand_for_values(add: Any, index: Any) -> None:
    factories.country("PL")
    add("Border lesson", country="PL")
    index()
    found = ask("country:poland")
    assert titles(found) == ["Border lesson"]
    assert [o.label for f in found.facets if f.name == "country" for o in f.options] == ["Poland"]

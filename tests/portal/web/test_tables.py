import datetime as dt

import pytest
from django.template.loader import render_to_string

from portal.web.tables import Cell, Column, Table

COLUMNS = [Column("Centre", heads=True, sort="centre"), Column("Merit", number=True, sort="merit", falling=True)]
ROWS = [("Łódź", 79), ("Århus", None), ("riga", 88), ("Lyon", 79)]


def names(table):
    return [row[0].text for row in table.cells]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Łódź", "Århus", "riga", "Lyon"]),
        ("centre", ["Århus", "Lyon", "riga", "Łódź"]),
        ("merit", ["Łódź", "Lyon", "riga", "Århus"]),
        ("-merit", ["riga", "Łódź", "Lyon", "Århus"]),
        ("password", ["Łódź", "Århus", "riga", "Lyon"]),
        ("--merit", ["Łódź", "Århus", "riga", "Lyon"]),
    ],
)
def test_table_orders_its_rows_as_the_address_asks(sort, order):
    assert names(Table("Centres", COLUMNS, ROWS, sort=sort)) == order


def test_table_sorts_by_a_cells_key_where_its_words_would_mislead():
    rows = [[Cell("9 March", key=dt.date(2027, 3, 9))], [Cell("10 January", key=dt.date(2027, 1, 10))]]
    assert names(Table("Days", [Column("Day", sort="day")], rows, sort="day")) == ["10 January", "9 March"]


def test_table_leaves_the_rows_of_an_ordered_query_alone():
    table = Table("Centres", COLUMNS, ROWS, sort="-merit", ordered=True)
    assert (names(table), table.heads[1].order) == (["Łódź", "Århus", "riga", "Lyon"], "descending")


def test_heads_say_their_order_and_lead_to_the_other_one(rf):
    html = render_to_string(
        "components/table.html",
        {"table": Table("Centres", COLUMNS, ROWS, sort="-merit", id="list")},
        request=rf.get("/", {"page": "3", "q": "border", "sort": "-merit"}),
    )
    assert 'aria-sort="none"><a href="?q=border&amp;sort=centre#list">Centre' in html
    assert 'aria-sort="descending"><a href="?q=border&amp;sort=merit#list">Merit' in html


def test_falling_column_begins_with_the_largest():
    assert [head.next for head in Table("Centres", COLUMNS, ROWS).heads] == ["centre", "-merit"]


def test_table_without_sorting_has_plain_heads():
    html = render_to_string("components/table.html", {"table": Table("Centres", [Column("Centre")], [["Riga"]])})
    assert '<caption class="vh">Centres</caption>' in html
    assert '<th role="columnheader" scope="col">Centre</th>' in html
    assert "aria-sort" not in html


def test_wide_table_scrolls_in_a_region_of_its_own():
    table = Table("Centres", [Column("Centre")], [["Riga"]], wide=True, show_caption=True)
    html = render_to_string("components/table.html", {"table": table})
    assert '<div class="scroll" role="region" aria-label="Centres" tabindex="0"><table class="table"' in html
    assert "<caption>Centres</caption>" in html

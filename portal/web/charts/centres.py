"""Which countries work together and where their centres are: a dot for each centre, a link for each country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from portal.web.charts.europe import CAPITALS, Point, Spot, name_of, other_capitals, place, project
from portal.web.charts.members import free_side
from portal.web.charts.tables import Row
from portal.web.geometry import fmt
from portal.web.words import listed

#: Radius of a centre's dot, in units of the map.
DOT = 4.5
#: Half the width of a code of two letters, which nothing else may stand on.
LABEL = 8.5


@dataclass(frozen=True, slots=True)
class Place:
    """A centre as the map takes it: its city and where it stands (WGS 84, degrees)."""

    city: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Land:
    """A country on the map: a link to its row, with a dot for each centre or a ring at the capital where none is."""

    code: str
    row: str
    sentence: str
    dots: tuple[Spot, ...]
    capital: Spot
    label_x: str
    label_y: str
    anchor: str


@dataclass(frozen=True, slots=True)
class CentreMap:
    """Countries with their dots, the other capitals, and the table with every country."""

    lands: tuple[Land, ...]
    spots: tuple[Spot, ...]
    rows: tuple[Row, ...]
    headers: tuple[str, ...] = (gettext_noop("Country"), gettext_noop("Centres"))


def centre_map(countries: Sequence[tuple[str, Sequence[Place]]], uid: str = "ce") -> CentreMap:
    """Return the map of `countries`: (ISO 3166-1 alpha-2 code, centres).

    A country off the map is in the table alone.
    """
    rows = []
    on_map: list[tuple[str, str, str, list[Point]]] = []
    for code, centres in sorted(countries, key=lambda pair: name_of(pair[0])):
        cities = listed([centre.city for centre in centres]) or gettext("no centre named yet")
        rows.append(Row((name_of(code), cities), anchor=f"{uid}-{code.lower()}"))
        if code in CAPITALS:
            points = [project(centre.latitude, centre.longitude) for centre in centres] or [place(code)]
            on_map.append((code, f"{uid}-{code.lower()}", f"{name_of(code)}: {cities}", points))
    taken = [(x, y, DOT) for *_, points in on_map for x, y in points]
    found = dict(countries)
    lands = []
    for code, row, sentence, points in on_map:
        x, y = points[0]
        left, top, anchor = free_side(x, y, DOT, [spot for spot in taken if spot[:2] != (x, y)])
        taken.append((left + LABEL * {"start": 1, "end": -1, "mid": 0}[anchor], top, LABEL))
        dots = tuple(Spot(fmt(px), fmt(py)) for px, py in points) if found[code] else ()
        lands.append(Land(code, row, sentence, dots, Spot(fmt(x), fmt(y)), fmt(left), fmt(top), anchor))
    return CentreMap(tuple(lands), other_capitals(code for code, *_ in on_map), tuple(rows))

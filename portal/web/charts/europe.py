"""Europe as the maps draw it: projection, capitals, window.

The land is one path in ``components/land.html`` (Natural Earth, public domain, simplified). It was drawn in Lambert's
azimuthal equal-area projection centred on 10° E, 52° N; `project` repeats that projection with the same scale, so
any place can be put on that land.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext

from portal.web.geometry import fmt

CENTRE_LAT, CENTRE_LON = 52.0, 10.0
#: Units for one radius of the earth, and where the centre stands; fitted to the land path's capitals to half a unit.
SCALE, ORIGIN_X, ORIGIN_Y = 759.7, 218.0, 236.1
#: The part of the drawing that pages show: left, top, width, height.
WINDOW = (0.0, 78.0, 520.0, 392.0)

Point = tuple[float, float]


class Capital(NamedTuple):
    """A country as the maps know it."""

    name: str
    lat: float
    lon: float


#: By ISO 3166 code. Countries whose capital lies outside the window are in the tables, not on the map.
CAPITALS: dict[str, Capital] = {
    "AL": Capital("Albania", 41.33, 19.82),
    "AT": Capital("Austria", 48.21, 16.37),
    "BA": Capital("Bosnia and Herzegovina", 43.86, 18.41),
    "BE": Capital("Belgium", 50.85, 4.35),
    "BG": Capital("Bulgaria", 42.70, 23.32),
    "CH": Capital("Switzerland", 46.95, 7.45),
    "CY": Capital("Cyprus", 35.17, 33.36),
    "CZ": Capital("Czechia", 50.08, 14.43),
    "DE": Capital("Germany", 52.52, 13.40),
    "DK": Capital("Denmark", 55.68, 12.57),
    "EE": Capital("Estonia", 59.44, 24.75),
    "ES": Capital("Spain", 40.42, -3.70),
    "FI": Capital("Finland", 60.17, 24.94),
    "FR": Capital("France", 48.86, 2.35),
    "GB": Capital("United Kingdom", 51.51, -0.13),
    "GR": Capital("Greece", 37.98, 23.73),
    "HR": Capital("Croatia", 45.81, 15.98),
    "HU": Capital("Hungary", 47.50, 19.04),
    "IE": Capital("Ireland", 53.35, -6.26),
    "IT": Capital("Italy", 41.90, 12.48),
    "LT": Capital("Lithuania", 54.69, 25.28),
    "LU": Capital("Luxembourg", 49.61, 6.13),
    "LV": Capital("Latvia", 56.95, 24.11),
    "MD": Capital("Moldova", 47.01, 28.86),
    "ME": Capital("Montenegro", 42.44, 19.26),
    "MK": Capital("North Macedonia", 42.00, 21.43),
    "MT": Capital("Malta", 35.90, 14.51),
    "NL": Capital("Netherlands", 52.37, 4.90),
    "NO": Capital("Norway", 59.91, 10.75),
    "PL": Capital("Poland", 52.23, 21.01),
    "PT": Capital("Portugal", 38.72, -9.14),
    "RO": Capital("Romania", 44.43, 26.10),
    "RS": Capital("Serbia", 44.79, 20.46),
    "SE": Capital("Sweden", 59.33, 18.06),
    "SI": Capital("Slovenia", 46.06, 14.51),
    "SK": Capital("Slovakia", 48.15, 17.11),
    "UA": Capital("Ukraine", 50.45, 30.52),
}


def project(lat: float, lon: float) -> Point:
    """Return where a place (degrees) stands on the land path, in its units, y down."""
    phi, centre = math.radians(lat), math.radians(CENTRE_LAT)
    east = math.radians(lon - CENTRE_LON)
    k = math.sqrt(2 / (1 + math.sin(centre) * math.sin(phi) + math.cos(centre) * math.cos(phi) * math.cos(east)))
    x = k * math.cos(phi) * math.sin(east)
    y = k * (math.cos(centre) * math.sin(phi) - math.sin(centre) * math.cos(phi) * math.cos(east))
    return ORIGIN_X + SCALE * x, ORIGIN_Y - SCALE * y


def place(code: str) -> Point:
    """Return where a country's capital stands."""
    capital = CAPITALS[code]
    return project(capital.lat, capital.lon)


def name_of(code: str) -> str:
    """Return a country's name in the language of the page, or the code itself."""
    return gettext(CAPITALS[code].name) if code in CAPITALS else code


@dataclass(frozen=True, slots=True)
class Spot:
    """A small dot: a capital without anything to count."""

    x: str
    y: str


def other_capitals(used: Iterable[str]) -> tuple[Spot, ...]:
    """Return the capitals that are not `used`, as dots."""
    taken = set(used)
    points = (place(code) for code in CAPITALS if code not in taken)
    return tuple(Spot(fmt(x), fmt(y)) for x, y in points)


def inside(x: float, y: float, margin: float = 0.0) -> bool:
    """Return whether a point lies in the window, `margin` away from its edge."""
    left, top, width, height = WINDOW
    return left + margin < x < left + width - margin and top + margin < y < top + height - margin

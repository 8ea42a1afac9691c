"""What a week costs: an estimate from the rate table of the call. Decimal, EUR, no floats for money."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from exchanges.models import HostWeek, RateTable
from portal.community.models import Person

#: Mean radius of the earth, km (IUGG).
EARTH_RADIUS = 6371.0088
#: Monday to Friday.
DAYS = 5

Place = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """What a scholarship would pay for one week: `travel` covers the way there and back; amounts in EUR."""

    distance: int
    travel: Decimal
    daily: Decimal
    days: int = DAYS

    @property
    def total(self) -> Decimal:
        """Travel and daily allowance together."""
        return self.travel + self.daily * self.days


def distance(start: Place, end: Place) -> int:
    """Return the great-circle distance of two places (latitude, longitude in degrees), in whole km (haversine)."""
    (lat1, lon1), (lat2, lon2) = [tuple(map(math.radians, place)) for place in (start, end)]
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_RADIUS * math.asin(math.sqrt(half)))


def travel_amount(*, rates: RateTable, km: int) -> Decimal:
    """Return the amount of the distance band in which `km` lies; 0 below the first band."""
    amount = Decimal(0)
    for start, value in rates.travel:
        if km >= start:
            amount = Decimal(str(value))
    return amount


def daily_amount(*, rates: RateTable, country: str) -> Decimal:
    """Return the allowance for one day in `country`; the entry "" holds where the country has none of its own."""
    return Decimal(str(rates.daily.get(country, rates.daily.get("", 0))))


def estimate(*, rates: RateTable | None, person: Person, week: HostWeek) -> Estimate | None:
    """Return what `week` would cost for `person`, from the own centre (or capital) to the host's; None without rates.

    Needs `person.centre`, `person.country` and `week.offer.centre`.
    """
    if rates is None:
        return None
    home, host = person.centre or person.country, week.offer.centre
    km = distance((home.latitude, home.longitude), (host.latitude, host.longitude))
    return Estimate(
        distance=km,
        travel=travel_amount(rates=rates, km=km),
        daily=daily_amount(rates=rates, country=host.country_id),
    )

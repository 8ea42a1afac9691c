"""Reads of countries and centres that other areas need."""

from __future__ import annotations

from collections import defaultdict

from portal.community.models import Country
from portal.web.charts import Place


def country_names() -> dict[str, str]:
    """Return the English names of all countries by their ISO 3166-1 alpha-2 code; one query."""
    return dict(Country.objects.values_list("code", "name"))


def countries_and_centres() -> tuple[dict[str, list[Place]], bool]:
    """Return {ISO 3166-1 alpha-2 code: its centres by city} of every country that takes part, and whether any is a
    sample.

    A country takes part once an organisation of it is known to the portal. One query.
    """
    found: dict[str, list[Place]] = defaultdict(list)
    sample = False
    rows = (
        Country.objects.filter(organisations__isnull=False)
        .order_by("code", "centres__city")
        .values_list("code", "centres__city", "centres__latitude", "centres__longitude", "centres__is_sample")
        .distinct()
    )
    for code, city, latitude, longitude, is_sample in rows:
        centres = found[code]
        if city is not None:
            centres.append(Place(city, latitude, longitude))
            sample = sample or is_sample
    return dict(found), sample

"""Reads of countries and centres that other areas need."""

from __future__ import annotations

from portal.community.models import Country


def country_names() -> dict[str, str]:
    """Return the English names of all countries by their ISO 3166-1 alpha-2 code; one query."""
    return dict(Country.objects.values_list("code", "name"))

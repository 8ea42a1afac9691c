import datetime as dt

import pytest

from portal.access import clock
from portal.web import dates
from portal.web.templatetags import noc

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
CLOSING = dt.datetime(2027, 1, 29, 22, 59, 59, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _held_clock():
    with clock.at(NOW):
        yield


@pytest.mark.parametrize(
    ("filter_", "value", "text"),
    [
        (dates.brussels, CLOSING, "Friday 29 January 2027, 23:59 Brussels time"),
        (dates.brussels, dt.date(2027, 1, 29), "Friday 29 January 2027"),
        (dates.brussels, None, ""),
        (dates.brussels_short, CLOSING, "29 January 2027, 23:59"),
        (dates.day, dt.datetime(2027, 6, 30, 22, 30, tzinfo=dt.UTC), "1 July 2027"),
        (dates.day_month, dt.date(2027, 1, 29), "29 January"),
        (dates.month_year, dt.date(2023, 12, 1), "December 2023"),
        (dates.clock_time, CLOSING, "23:59"),
        (noc.since, NOW - dt.timedelta(days=3, hours=5), "3 days"),
        (noc.since, NOW - dt.timedelta(hours=1), "1 hour"),
        (noc.since, NOW - dt.timedelta(minutes=12), "12 minutes"),
        (noc.since, NOW, "less than a minute"),
        (noc.until, CLOSING, "69 days"),
        (noc.until, NOW - dt.timedelta(days=1), ""),
        (noc.days_until, CLOSING, 69),
        (noc.days_since, dt.date(2026, 11, 13), 8),
        (noc.in_words, 11, "eleven"),
        (noc.in_words, 21, "21"),
        (noc.minute, 5, "T+05"),
        (noc.tlp_class, "TLP:AMBER+STRICT", "amber"),
        (noc.tlp_class, "TLP:CLEAR", "clear"),
        (noc.tlp_class, "nonsense", "clear"),
        (dates.iso, dt.date(2027, 1, 29), "2027-01-29"),
    ],
)
def test_filter_prints_in_brussels_and_in_words(filter_, value, text):
    assert filter_(value) == text


def test_brussels_refuses_a_time_without_a_zone():
    with pytest.raises(ValueError, match="without a zone"):
        dates.brussels(dt.datetime(2027, 1, 29, 23, 59))  # noqa: DTZ001 - the missing zone is the point


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (dt.date(2027, 4, 26), dt.date(2027, 4, 30), "26 to 30 April 2027"),
        (dt.date(2027, 3, 29), dt.date(2027, 4, 2), "29 March to 2 April 2027"),
        (dt.date(2026, 12, 28), dt.date(2027, 1, 1), "28 December 2026 to 1 January 2027"),
        (dt.date(2027, 4, 26), dt.date(2027, 4, 26), "26 April 2027"),
        (dt.date(2027, 4, 26), None, "26 April 2027"),
        (None, None, ""),
    ],
)
def test_span_says_no_more_than_it_must(first, last, text):
    assert dates.span(first, last) == text


def test_asset_gives_an_address_when_the_manifest_is_missing(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    assert noc.asset("web/portal.css") == "/static/web/portal.css"

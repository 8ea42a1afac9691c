"""The one clock."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.access import clock

NOON = dt.datetime(2027, 1, 15, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path) -> None:
    settings.VAR = tmp_path


def sample_clock(*arguments: str) -> str:
    out = StringIO()
    call_command("sample_clock", *arguments, stdout=out)
    return out.getvalue().strip()


def test_sample_clock_moves_adds_up_and_resets() -> None:
    with time_machine.travel(NOON, tick=False):
        assert sample_clock() == "Friday 15 January 2027, 13:00 in Brussels, the machine's own time."
        assert sample_clock("+14d") == "Friday 29 January 2027, 13:00 in Brussels, shifted by +336 hours."
        assert sample_clock("+3h") == "Friday 29 January 2027, 16:00 in Brussels, shifted by +339 hours."
        assert clock.now() == NOON + dt.timedelta(days=14, hours=3)
        assert clock.machine_now() == NOON
        assert sample_clock("--", "-20m") == "Friday 29 January 2027, 15:40 in Brussels, shifted by +338.667 hours."
        assert sample_clock("reset") == "Friday 15 January 2027, 13:00 in Brussels, the machine's own time."
        assert clock.now() == NOON


@pytest.mark.parametrize("step", ["14d", "+14", "+d", "tomorrow", "+999999d", "+1w"])
def test_sample_clock_refuses_what_is_no_step(step: str) -> None:
    with pytest.raises(CommandError, match="is no step"):
        sample_clock(step)


def test_sample_clock_refuses_outside_the_local_settings(settings) -> None:
    sample_clock("+14d")
    settings.NOC_LOCAL = False
    with pytest.raises(CommandError, match="local settings only"):
        sample_clock("+1d")
    with pytest.raises(RuntimeError, match="local settings only"):
        clock.set_offset(dt.timedelta(days=1))
    with time_machine.travel(NOON, tick=False):
        assert clock.now() == NOON


@pytest.mark.parametrize("content", ["", "soon", "inf", "nan"])
def test_broken_offset_file_counts_as_none(tmp_path, content: str) -> None:
    clock.offset_file().write_text(content)
    assert clock.offset() == dt.timedelta()


def test_held_clock_stands_and_goes_on() -> None:
    with clock.at(dt.datetime(2024, 5, 1, 9, tzinfo=clock.BRUSSELS)):
        assert clock.now() == dt.datetime(2024, 5, 1, 7, tzinfo=dt.UTC)
        assert clock.today() == dt.date(2024, 5, 1)
    assert clock.now().year > 2024


@pytest.mark.parametrize(
    ("day", "passes"),
    [
        (dt.date(2027, 1, 29), dt.datetime(2027, 1, 29, 22, 59, 59, tzinfo=dt.UTC)),
        (dt.date(2027, 7, 1), dt.datetime(2027, 7, 1, 21, 59, 59, tzinfo=dt.UTC)),
        (dt.date(2027, 3, 28), dt.datetime(2027, 3, 28, 21, 59, 59, tzinfo=dt.UTC)),
    ],
)
def test_deadline_ends_at_midnight_in_brussels(day: dt.date, passes: dt.datetime) -> None:
    assert clock.end_of_day(day) == passes


def test_today_is_brussels_day() -> None:
    with clock.at(dt.datetime(2027, 1, 15, 23, 30, tzinfo=dt.UTC)):
        assert clock.today() == dt.date(2027, 1, 16)

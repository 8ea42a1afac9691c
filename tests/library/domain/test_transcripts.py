"""Transcripts: lines with their times."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from library.domain.transcripts import Cue, cues_of
from library.models import VideoPage
from tests import content


def test_lines_become_cues_and_blank_lines_pass() -> None:
    assert cues_of("00:00 Good morning.\n\n 02:13  We ask the border question.\n1:00:05 The end.") == [
        Cue(0, "Good morning."),
        Cue(133, "We ask the border question."),
        Cue(3605, "The end."),
    ]


def test_moment_is_printed_with_hours_from_the_sixtieth_minute_on() -> None:
    assert [Cue(133, "").at, Cue(3605, "").at] == ["02:13", "1:00:05"]


def test_line_without_a_time_is_named() -> None:
    with pytest.raises(ValueError, match="Line 2 of the transcript has no time"):
        cues_of("00:00 One\nTwo")


def test_line_that_goes_back_in_time_is_named() -> None:
    with pytest.raises(ValueError, match="Line 2 of the transcript is earlier"):
        cues_of("01:00 One\n00:59 Two")


@pytest.mark.django_db
def test_film_with_a_bad_transcript_is_refused_with_the_line() -> None:
    film = VideoPage(
        title="Film",
        slug="film",
        identifier="NOC-2020-001",
        abstract="x",
        dated_on=dt.date(2023, 1, 1),
        transcript="Hello",
    )
    with pytest.raises(ValidationError) as refused:
        content.library().add_child(instance=film)
    assert refused.value.message_dict["transcript"] == [
        "Line 1 of the transcript has no time in front: write 02:13 and then the words."
    ]


@pytest.mark.parametrize(("seconds", "text"), [(400, "06:40 minutes"), (0, ""), (None, "")])
def test_length_is_printed_when_it_is_known(db: None, seconds: int | None, text: str) -> None:
    assert VideoPage(duration_seconds=seconds).duration_text == text

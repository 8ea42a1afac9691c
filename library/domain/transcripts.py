"""Transcripts: the words of a film, each line with its time."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said at a moment; `seconds` from the beginning of the film."""

    seconds: int
    text: str

    @property
    def at(self) -> str:
        """The moment as "02:13"; with hours from the sixtieth minute on."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def cues_of(transcript: str) -> list[Cue]:
    """Return the cues of a transcript, one line each ("02:13 What is said."), blank lines passed over.

    Raises `ValueError` with the line's number where a line has no time or goes back in time.
    """
    cues: list[Cue] = []
    for number, line in enumerate(transcript.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ValueError(f"Line {number} of the transcript has no time in front: write 02:13 and then the words.")
        hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
        moment = hours * 3600 + minutes * 60 + seconds
        if cues and moment < cues[-1].seconds:
            raise ValueError(f"Line {number} of the transcript is earlier than the line before it.")
        cues.append(Cue(moment, found.group(4)))
    return cues

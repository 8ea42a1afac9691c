"""Words that look like another: the vocabulary of the index by length, compared letter by letter only where that can
help. Who may see which word is not known here; the caller asks for each.
"""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST, LONGEST = 3, 30
#: Up to this length, two changes would make another word altogether.
SHORT = 4


def _letters(word: str) -> int:
    """Return which letters a word has (low half) and has more than once (high half); a change flips two at most."""
    mask = 0
    for char in word:
        bit = 1 << (ord(char) & 31)
        mask |= bit << 32 if mask & bit else bit
    return mask


def distance(left: str, right: str, most: int) -> int:
    """Return how many letters must be put in, taken out, changed or swapped with their neighbour, or `most` + 1."""
    far = most + 1
    if abs(len(left) - len(right)) > most:
        return far
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        # Outside this band the distance is more than `most` whatever follows.
        low, high = max(1, i - most), min(len(right), i + most)
        older, before, row = before, row, [far] * (len(right) + 1)
        row[0] = i
        least = i if low == 1 else far
        for j in range(low, high + 1):
            other = right[j - 1]
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row[j] = cost
            least = min(least, cost)
        if least > most:
            return far
    return min(row[-1], far)


class Vocabulary:
    """All words of the index, grouped by first letter and length."""

    def __init__(self, words: Iterable[str]) -> None:
        self._groups: dict[tuple[str, int], list[tuple[int, str]]] = {}
        #: What follows the first letter -> the first letters there are.
        self._tails: dict[str, str] = {}
        for word in words:
            if SHORTEST <= len(word) <= LONGEST and not word.isdigit():
                self._groups.setdefault((word[0], len(word)), []).append((_letters(word), word))
                self._tails[word[1:]] = self._tails.get(word[1:], "") + word[0]

    def near(self, word: str) -> list[tuple[int, str]]:
        """Return (distance, word) of the words one change away, and of those two away that begin alike.

        The first letter is seldom wrong, and hardly ever together with another one. Short words get one change only.
        """
        if not SHORTEST <= len(word) <= LONGEST or word.isdigit():
            return []
        most = 2 if len(word) > SHORT else 1
        mask = _letters(word)
        found = [(1, other) for other in self._first_letter_wrong(word) if other[0] != word[0]]
        for length in range(len(word) - most, len(word) + most + 1):
            for letters, other in self._groups.get((word[0], length), ()):
                if (letters ^ mask).bit_count() <= 2 * most:
                    steps = distance(word, other, most)
                    if 0 < steps <= most:
                        found.append((steps, other))
        return found

    def _first_letter_wrong(self, word: str) -> list[str]:
        """Return words whose first letter was changed, left out, put in or swapped with the second."""
        found = [first + word[1:] for first in self._tails.get(word[1:], "")]
        found += [first + word for first in self._tails.get(word, "")]
        found += [
            other for other in (word[1:], word[1] + word[0] + word[2:]) if other[0] in self._tails.get(other[1:], "")
        ]
        return list(dict.fromkeys(found))

"""Reads that several parts of one page share."""

from portal.web.once import one_page, shared


def test_shared_read_is_asked_once_for_a_page_and_anew_for_the_next() -> None:
    asked: list[tuple[int, str]] = []

    @shared
    def read(number: int, *, word: str = "") -> int:
        asked.append((number, word))
        return number

    assert [read(1), read(1)] == [1, 1]
    assert asked == [(1, ""), (1, "")]
    asked.clear()
    with one_page():
        assert [read(1), read(1), read(2), read(1, word="x")] == [1, 1, 2, 1]
        with one_page():
            assert read(2) == 2
        assert read(2) == 2
    assert asked == [(1, ""), (2, ""), (1, "x")]
    with one_page():
        read(1)
    assert asked[-1:] == [(1, "")]
    assert len(asked) == 4

"""Answers kept until somebody says that they changed."""

import pytest

from portal.web.kept import Kept


@pytest.fixture
def source() -> list[str]:
    return ["old"]


@pytest.fixture
def kept(source: list[str], db: None) -> Kept[str]:
    return Kept("tests.kept", seconds=60, read=lambda: source[0])


def test_answer_is_read_once_until_it_is_forgotten(kept: Kept[str], source: list[str]) -> None:
    assert kept.get() == "old"
    source[0] = "new"
    assert kept.get() == "old"
    kept.forget()
    assert kept.get() == "new"


def test_answer_of_nothing_is_kept_too(source: list[str], db: None) -> None:
    asked = []
    kept = Kept("tests.nothing", seconds=60, read=lambda: asked.append(1))
    assert (kept.get(), kept.get(), asked) == (None, None, [1])


def test_answer_found_before_a_change_is_not_given_after_it(source: list[str], db: None) -> None:
    def read() -> str:
        found = source[0]
        if found == "old":  # somebody changes it while this reader is on the way
            source[0] = "new"
            kept.forget()
        return found

    kept = Kept("tests.race", seconds=60, read=read)
    assert kept.get() == "old"
    assert kept.get() == "new"


def test_answer_is_forgotten_once_more_at_the_commit(
    kept: Kept[str], source: list[str], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks() as at_commit:
        kept.forget()
    assert kept.get() == "old"  # read by somebody who does not see the change yet
    source[0] = "new"
    assert kept.get() == "old"
    (renew,) = at_commit
    renew()
    assert kept.get() == "new"

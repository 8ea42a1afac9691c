"""Merit order and its tie-break."""

import random
from decimal import Decimal
from typing import Any

import pytest

from exchanges.domain.matching import order_by_merit, tie_break


def test_tie_break_literal() -> None:
    # printf 'grey heron|application-7' | sha256sum
    assert (
        tie_break(secret="grey heron", application_id="application-7")
        == "98e87c871391beb80fae1522c13bba2f89b8eb11088b4964cdcde8ebbc61636f"
    )


def test_tie_break_text_beyond_ascii() -> None:
    # printf 'Błąd|ž' | sha256sum
    assert (
        tie_break(secret="Błąd", application_id="ž")
        == "7092eb9b67097a6dc0f05279daf6daaa342f9a36d4a48e136739173a88664e03"
    )


def test_order_by_merit_higher_score_first() -> None:
    scores = [("low", Decimal("61.5")), ("high", Decimal("88.25")), ("middle", Decimal("61.50001"))]

    assert list(order_by_merit(scores=scores, secret="s").items()) == [("high", 0), ("middle", 1), ("low", 2)]


def test_order_by_merit_ties_follow_the_digest() -> None:
    # 80 and 80.00 are one score; the digests decide, in any order of rows.
    scores = [("a", Decimal(80)), ("b", Decimal("80.00")), ("c", Decimal("80.0")), ("d", Decimal(90))]
    tied = sorted("abc", key=lambda name: tie_break(secret="s", application_id=name))

    for seed in range(6):
        shuffled = random.Random(seed).sample(scores, len(scores))
        assert list(order_by_merit(scores=shuffled, secret="s")) == ["d", *tied]


def test_order_by_merit_secret_decides_ties_only() -> None:
    scores = [("a", Decimal(1)), ("b", Decimal(1)), ("c", Decimal(2))]
    orders = {tuple(order_by_merit(scores=scores, secret=str(number))) for number in range(20)}

    assert orders == {("c", "a", "b"), ("c", "b", "a")}


def test_order_by_merit_nobody() -> None:
    assert order_by_merit(scores=[], secret="s") == {}


def test_order_by_merit_same_id_twice_refused() -> None:
    with pytest.raises(ValueError, match="Application 'a' has two scores"):
        order_by_merit(scores=[("a", Decimal(1)), ("a", Decimal(2))], secret="s")


@pytest.mark.parametrize("score", [Decimal("NaN"), Decimal("Infinity"), 80.5, 80])
def test_order_by_merit_score_no_finite_decimal_refused(score: Any) -> None:
    with pytest.raises(ValueError, match="is not a finite Decimal"):
        order_by_merit(scores=[("a", score)], secret="s")

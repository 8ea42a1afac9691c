"""Merit order: the better score first, ties broken by a secret fixed before anybody applied."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal


def tie_break(*, secret: str, application_id: str) -> str:
    """Return the SHA-256 of "secret|application id" (UTF-8) as 64 hexadecimal digits; the smaller one goes first.

    The secret is committed when the call opens and revealed when merit is frozen, so anybody can
    recompute the order and nobody could have aimed for it. Source: design, exchanges, Matching.
    """
    return hashlib.sha256(f"{secret}|{application_id}".encode()).hexdigest()


def order_by_merit(*, scores: Iterable[tuple[str, Decimal]], secret: str) -> dict[str, int]:
    """Return the position of each application: 0 is the best merit, without gaps or shared places.

    In: pairs of application id and score (any finite Decimal, higher is better), in any order.
    Out: a dict in merit order. Errors: ValueError for an id that comes twice or a score that is not a
    finite Decimal. Source: design, exchanges, Matching.
    """
    pairs = list(scores)
    seen: set[str] = set()
    for application_id, score in pairs:
        if application_id in seen:
            raise ValueError(f"Application {application_id!r} has two scores.")
        # A float would bring ties that are none, and NaN has no place in an order.
        if not isinstance(score, Decimal) or not score.is_finite():
            raise ValueError(f"The score of application {application_id!r} is not a finite Decimal: {score!r}.")
        seen.add(application_id)
    # The id itself comes last: it decides only if two digests were equal, and then still the same way each time.
    pairs.sort(key=lambda pair: (-pair[1], tie_break(secret=secret, application_id=pair[0]), pair[0]))
    return {application_id: position for position, (application_id, _) in enumerate(pairs)}

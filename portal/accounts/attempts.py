"""Counting wrong passwords, in such a way that a stranger's never lock the owner out.

Counted for each address together with the network it is tried from, for each network, and for each address from
everywhere. A browser that the account was signed in with before, or that has just opened a link from the owner's
mailbox, has a count of its own: what strangers do is none of its business. What is counted is what was typed, so a
known and an unknown address fare alike.

Each try is counted before the password is looked at, by one atomic step of the cache that all workers share, and given
back when the password was right; many at the same moment get no further than one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from portal.access import clock
from portal.accounts.domain.known_devices import is_known
from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` tries in each stretch of `seconds`."""

    name: str
    amount: int
    seconds: int


#: One address from one network; one network with whatever address. A network is an IPv4 address or an IPv6 /64.
PAIR, PAIR_LONG = Limit("pair", 5, 300), Limit("pair-long", 20, 3600)
NETWORK, NETWORK_LONG = Limit("network", 20, 60), Limit("network-long", 100, 3600)
#: One address from everywhere: NIST SP 800-63B-4, 3.2.2 allows a hundred wrong tries in a row.
ADDRESS = Limit("address", 50, 3600)
#: One address from a browser that it was signed in with before.
KNOWN = Limit("known", 10, 300)
#: So many refusals by one of the limits above are answered with words; those after them as cheaply as can be.
REFUSED = Limit("refused", 10, 300)

#: In the session: the account whose owner opened a link from the mailbox in this browser and chose a new password.
PROVED = "attempts_proved"


class TooMany(Exception):
    """Too many wrong passwords; `seconds` until the next is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Counted:
    """A try that was counted: the keys that hold it, and whether its browser is known to the account."""

    keys: tuple[str, ...]
    known: bool

    def give_back(self) -> None:
        """Take the try out of the counts again: the password was right."""
        for key in self.keys:
            _add(key, -1)


def count(request: HttpRequest, email: str) -> Counted:
    """Count a try before its password is looked at. Raises `TooMany` where none is left; then it counts nowhere."""
    taken: list[str] = []
    email = _tidy(email)
    known = _known(request, email)
    for limit, who in _limits(request, email, known=known):
        key = _key(limit, who)
        taken.append(key)
        if _one_more(limit, key) > limit.amount:
            Counted(tuple(taken), known).give_back()
            _one_more(REFUSED, _key(REFUSED, f"{limit.name} {who}"))
            raise TooMany(_left(limit))
    return Counted(tuple(taken), known)


def flooding(request: HttpRequest, email: str) -> int:
    """Return for how many seconds a try like this one would be refused once more, without looking at it; mostly 0.

    It asks the cache alone, unless the browser may be a known one: that is never kept out here.
    """
    email = _tidy(email)
    limits = _limits(request, email, known=False)
    refusals = cache.get_many([_key(REFUSED, f"{limit.name} {who}") for limit, who in limits]).values()
    if max(refusals, default=0) < REFUSED.amount or _known(request, email):
        return 0
    return _left(REFUSED)


def _tidy(email: str) -> str:
    return email.strip().lower()


def _known(request: HttpRequest, email: str) -> bool:
    return request.session.get(PROVED) == email or is_known(mark=_mark(request), email=email)


def _limits(request: HttpRequest, email: str, *, known: bool) -> Iterator[tuple[Limit, str]]:
    if known:
        yield KNOWN, f"{_mark(request)} {email}"
        return
    network = get_ip(request)
    # The narrowest first: what it refuses does not count in the others, so one network alone fills no address.
    yield PAIR, f"{network} {email}"
    yield PAIR_LONG, f"{network} {email}"
    yield NETWORK, network
    yield NETWORK_LONG, network
    yield ADDRESS, email


def _mark(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, "")


def _key(limit: Limit, who: str) -> str:
    stretch = int(clock.machine_now().timestamp() // limit.seconds)
    return f"attempts:{limit.name}:{stretch}:{hashlib.sha256(who.encode()).hexdigest()}"


def _left(limit: Limit) -> int:
    """Return the seconds until the present stretch of a limit is over."""
    return max(1, int(limit.seconds - clock.machine_now().timestamp() % limit.seconds + 0.999))


def _one_more(limit: Limit, key: str) -> int:
    cache.add(key, 0, limit.seconds * 2)
    return _add(key, 1)


def _add(key: str, number: int) -> int:
    """Add to a count; one that the cache has thrown away meanwhile begins anew."""
    try:
        return int(cache.incr(key, number))
    except ValueError:
        return number


def owner_has_proved(request: HttpRequest, user: User) -> None:
    """Note that this browser opened a link from the account's mailbox: strangers' tries do not stop it any more."""
    request.session[PROVED] = user.email.lower()

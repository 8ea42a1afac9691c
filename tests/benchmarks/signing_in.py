"""What signing in costs, and whether its time tells who has an account: `python -m tests.benchmarks.signing_in`.

Wrong passwords and forgotten ones are sent for a known address, for one whose account has no password, and for an
unknown one, taking turns, under the real hash. Printed are medians and their ratio to the unknown address: 1.00 is the
aim, and what lies within the spread of the unknown address against itself tells nobody anything. Works on a copy of
the portal's `var`.
"""

from __future__ import annotations

import os
import sys
from statistics import median
from time import perf_counter, process_time

from tests.benchmarks._copy import copied

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.local"

#: With two to warm up, fewer than the tries that one address has in an hour.
RUNS = 40
WRONG = "none of anybody's passwords"
UNKNOWN, TWIN, NEVER = "nobody@example.org", "nobody-else@example.org", "never-enrolled@example.org"


def main() -> int:
    """Measure and print; 1 where there is nothing to measure."""
    with copied() as root:
        return 1 if root is None else measure()


def measure() -> int:
    """Print the figures of this machine."""
    import logging

    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from portal.accounts.domain.codes import sample_code
    from portal.accounts.models import AuthenticatorDevice, User
    from portal.community.domain.sample_community import SAMPLE_PASSWORD

    logging.disable(logging.WARNING)
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    known = AuthenticatorDevice.objects.filter(confirmed=True).order_by("pk").first().user
    # Under the present hash, as after the next sign-in.
    known.set_password(SAMPLE_PASSWORD)
    known.save()
    User.objects.create_user(NEVER)
    networks = (f"10.{high}.{middle}.{low}" for high in range(250) for middle in range(250) for low in range(1, 250))

    def visitor() -> Client:
        # Each from a network of its own: none of them is to be kept waiting.
        return Client(SERVER_NAME="localhost", headers={"x-forwarded-for": next(networks)})

    def milliseconds(path: str, data: dict[str, str]) -> tuple[float, float]:
        client = visitor()
        # The processor's time is that of all threads: the hash is made in one of its own.
        waited, worked = perf_counter(), process_time()
        client.post(path, data)
        return (perf_counter() - waited) * 1000, (process_time() - worked) * 1000

    people = {"known": known.email, "no password": NEVER, "unknown, again": TWIN, "unknown": UNKNOWN}
    for what, path, field in (
        ("wrong password", "/accounts/login/", "login"),
        ("forgotten password", "/accounts/password/reset/", "email"),
    ):
        times: dict[str, list[tuple[float, float]]] = {who: [] for who in people}
        for run in range(RUNS + 2):
            # Another one begins each round, so that nobody always comes after the same one.
            turn = list(people)[run % len(people) :] + list(people)[: run % len(people)]
            for who in turn:
                took = milliseconds(path, {field: people[who], "password": WRONG})
                if run >= 2:
                    times[who].append(took)
        waits, works = ({who: median(pair[at] for pair in times[who]) for who in people} for at in (0, 1))
        for who in people:
            print(
                f"  {what:<18} {who:<15} {waits[who]:7.1f} ms, {waits[who] / waits['unknown']:4.2f} of the unknown; "
                f"processor {works[who]:6.1f} ms, {works[who] / works['unknown']:4.2f}"
            )
    code = sample_code(email=known.email).code
    client = visitor()
    with CaptureQueriesContext(connection) as queries:
        start = perf_counter()
        client.get("/accounts/login/")
        client.post("/accounts/login/", {"login": known.email, "password": SAMPLE_PASSWORD})
        client.get("/accounts/second-factor/")
        done = client.post("/accounts/second-factor/", {"code": code})
        took = (perf_counter() - start) * 1000
    print(
        f"  whole sign-in with password and code: {took:.0f} ms, {len(queries)} queries, {done.status_code} {done.url}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

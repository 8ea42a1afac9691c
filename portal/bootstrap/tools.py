"""Chromium and PostgreSQL, which the tests need and pip does not bring."""

from __future__ import annotations

import os
import shutil
import subprocess

from portal.bootstrap import postgres
from portal.bootstrap.progress import Trouble, say

#: No sandbox: containers run as root. The rest keeps Chromium from talking to anybody but the portal.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the path of a Chromium that is installed, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def need_chromium_and_postgresql() -> None:
    """See to it that both are there, through apt where we may. Raises `Trouble`: what is missing, how to get it."""
    missing = _missing()
    apt = _apt() if missing else None
    if missing and apt:
        say(f"Installing {' and '.join(missing)} through apt ...")
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdin": subprocess.DEVNULL}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
            subprocess.run([*apt, *arguments], check=False, stdout=subprocess.DEVNULL, **quiet)
        missing = _missing()
    if missing:
        names = " ".join(missing)
        raise Trouble(
            f"The tests need {names}, which this machine lacks: sudo apt-get install {names}"
            "    (make test-fast goes without)"
        )


def _missing() -> list[str]:
    """Return the names of the Debian packages that are wanted."""
    return [name for name, found in (("chromium", chromium()), ("postgresql", postgres.programs())) if not found]


def _apt() -> list[str] | None:
    """Return how to call apt-get without being asked anything, or None if we may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if not shutil.which("sudo"):
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return ["sudo", "-n", "apt-get"] if allowed.returncode == 0 else None

"""What can be said about the code without running it, and the lock files."""

from __future__ import annotations

import hashlib
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from portal.bootstrap import places
from portal.bootstrap.layout import AREAS
from portal.bootstrap.progress import say

#: Values that production settings accept; no service is asked while they are checked.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "NOC_SECRET_KEY": "a-key-of-the-check-alone-" + "x7Q" * 12,
    "NOC_FIELD_KEYS": "Y2hlY2stb25seS1jaGVjay1vbmx5LWNoZWNrLW9ubHk=",
    "NOC_LINK_KEYS": "a-key-of-the-check-alone-" + "y8R" * 12,
    "NOC_CACHE_URL": "redis://cache.example.org/0",
    "NOC_BROKER_URL": "redis://broker.example.org/1",
    "NOC_EMAIL_URL": "smtp://mail.example.org:587?tls=1",
    "NOC_DATABASE_URL": "postgresql://portal@database.example.org/portal",
    "NOC_HOSTS": "portal.example.org",
    "NOC_SITE_URL": "https://portal.example.org",
}
#: lock file: what it is compiled from. The first line of a lock holds the digest of these.
LOCKS = {
    places.RUNTIME_LOCK: ("requirements.in",),
    places.DEVELOPMENT_LOCK: ("requirements-dev.in", "requirements.in", "requirements.txt"),
}


def run() -> int:
    """Run every check, all of them even if one fails; return the exit code."""
    scratch = {"NOC_VAR": str(places.CACHES / "check")}
    manage = [str(places.python()), "-W", "error", "manage.py"]
    commands: dict[str, tuple[Sequence[str], dict[str, str]]] = {
        "ruff check": ([places.tool("ruff"), "check", "--quiet", "."], {}),
        "ruff format": ([places.tool("ruff"), "format", "--check", "--quiet", "."], {}),
        "import-linter": (
            [places.tool("lint-imports"), "--cache-dir", str(places.CACHES / "import-linter"), "--no-logo"],
            {},
        ),
        "mypy": ([places.tool("mypy"), *typed_packages()], scratch),
        "makemigrations --check": ([*manage, "makemigrations", "--check", "--dry-run"], scratch),
        "check --deploy": ([*manage, "check", "--deploy", "--fail-level", "WARNING"], scratch | PRODUCTION),
        "settings_doc --check": ([*manage, "settings_doc", "--check"], scratch),
        "state_diagrams --check": ([*manage, "state_diagrams", "--check"], scratch),
    }
    failed = [name for name, (command, variables) in commands.items() if not _passes(name, command, variables)]
    for lock in stale_locks():
        say(f"  FAILED  {lock.name} is older than what it is made from: make lock")
        failed.append(lock.name)
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


def typed_packages() -> list[str]:
    """Return the packages that mypy reads: the domain of every area, and what all of them stand on."""
    domains = [path.parent for area in AREAS for path in (places.ROOT / area).glob("**/domain/__init__.py")]
    packages = [places.ROOT / "portal" / "access", places.ROOT / "portal" / "journal", *domains]
    return sorted(path.relative_to(places.ROOT).as_posix() for path in packages)


def stale_locks() -> list[Path]:
    """Return the lock files that were not compiled from the present inputs."""
    return [lock for lock in LOCKS if lock.read_text(encoding="utf-8").partition("\n")[0] != _first_line(lock)]


def lock() -> int:
    """Compile the lock files anew, keeping versions that still fit; return the exit code."""
    for target in LOCKS:
        source = target.with_suffix(".in")
        done = subprocess.run(
            [
                places.tool("uv"), "pip", "compile", source.name, "--quiet", "--generate-hashes", "--no-header",
                "--no-emit-index-url", "--universal", "--python-version", "3.11", "-o", target.name,
            ],
            cwd=places.ROOT, env=places.tool_environment(), check=False,
        )  # fmt: skip
        if done.returncode:
            return done.returncode
        text = target.read_text(encoding="utf-8")
        target.write_text(f"{_first_line(target)}\n{text}", encoding="utf-8")
        say(f"{target.name}: {len(re.findall(r'^[^ #]+==', text, re.MULTILINE))} packages")
    return 0


def _first_line(target: Path) -> str:
    inputs = b"".join((places.ROOT / name).read_bytes() for name in LOCKS[target])
    return f"# Compiled by `make lock`. Digest of its inputs: {hashlib.sha256(inputs).hexdigest()}"


def _passes(name: str, command: Sequence[str], variables: dict[str, str]) -> bool:
    """Run one check; print its output only if it fails."""
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=places.ROOT, env=places.tool_environment(**variables), capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    say(f"  {'ok    ' if done.returncode == 0 else 'FAILED'}  {name} ({seconds:.1f} s)")
    if done.returncode:
        say((done.stdout + done.stderr).strip())
    return done.returncode == 0

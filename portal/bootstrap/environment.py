"""The virtual environment: made once, filled from a lock file with hashes, left alone while the lock is the same."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from portal.bootstrap import places
from portal.bootstrap.progress import Note, Trouble


def stamp_of(lock: Path) -> Path:
    """Return the file that tells which version of `lock` was installed last."""
    return places.VENV / f"installed-{lock.stem}"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_installed(lock: Path) -> bool:
    """Return whether the environment works and holds what `lock` says."""
    stamp = stamp_of(lock)
    return _works() and stamp.is_file() and stamp.read_text() == digest(lock)


def make(note: Note) -> None:
    """Make the virtual environment if there is none that works. Raises `Trouble` when this Python cannot."""
    if _works():
        note.text = "already there"
        return
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(places.VENV)],
        env=places.tool_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode or not _works():
        words = (made.stdout + made.stderr).strip()
        raise Trouble(
            f"The virtual environment could not be made:\n{words}\n"
            "On Debian and Ubuntu the package python3-venv is needed: sudo apt-get install python3-venv"
        )


def install(lock: Path, note: Note) -> None:
    """Install what `lock` names, each file checked against its hash. Raises `Trouble` with pip's words if it fails.

    The lock is complete, so pip need not resolve anything (`--no-deps`); bytecode is written on first use, to `var`.
    """
    wanted = digest(lock)
    total = len(re.findall(r"^[^ #]+==", lock.read_text(), re.MULTILINE))
    command = [
        str(places.python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps",
        "--no-compile", "--require-hashes", "--progress-bar", "off", "-r", str(lock),
    ]  # fmt: skip
    stamp_of(lock).unlink(missing_ok=True)
    lines: list[str] = []
    with subprocess.Popen(
        command,
        env=_pip_environment(),
        cwd=places.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pip:
        assert pip.stdout is not None  # noqa: S101 - PIPE was asked for
        seen = 0
        for line in pip.stdout:
            lines.append(line)
            if line.startswith(("Collecting", "Requirement already satisfied", "Ignoring")):
                seen += 1
                note.count(min(seen, total), total, "packages")
            elif line.startswith("Installing collected"):
                note.count(total, total, "packages fetched, installing")
    if pip.returncode:
        raise Trouble(
            f"pip could not install {lock.name}:\n{''.join(lines[-15:])}"
            "Nothing else was changed. Is the package index within reach? Then start again."
        )
    stamp_of(lock).write_text(wanted)
    if lock == places.DEVELOPMENT_LOCK:
        # It holds all of the runtime lock in the same versions (tests/portal/bootstrap/test_locks.py).
        stamp_of(places.RUNTIME_LOCK).write_text(digest(places.RUNTIME_LOCK))
    note.text = f"{total} packages"


def _works() -> bool:
    """Return whether the environment's interpreter starts and brings pip."""
    if not places.python().exists():
        return False
    tried = subprocess.run(
        [str(places.python()), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0 and any(places.VENV.glob("lib/python3*/site-packages/pip/__main__.py"))


def _pip_environment() -> dict[str, str]:
    """Return pip's environment: where the index is comes from the machine, never from the project."""
    return {**os.environ, **places.tool_environment(), "PIP_ROOT_USER_ACTION": "ignore"}

"""Where everything lies, and the environment that every process of ours gets."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
#: Caches of tools lie here whatever `NOC_VAR` says: they belong to the work tree, not to the portal's data.
CACHES = ROOT / "var"
RUNTIME_LOCK = ROOT / "requirements.txt"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.txt"

#: What `make run` lets through of the portal's own variables. It is always the embedded default, so that a
#: production database named in somebody's shell is never touched by it.
KEPT_VARIABLES = frozenset({"NOC_VAR", "NOC_LOG_LEVEL", "NOC_PROVIDERS"})


def var() -> Path:
    """Return the folder that everything the portal writes goes to: `NOC_VAR`, else `var` in the work tree."""
    given = os.environ.get("NOC_VAR")
    return Path(given).resolve() if given else ROOT / "var"


def python() -> Path:
    """Return the virtual environment's interpreter, whether or not it exists yet."""
    return VENV / "bin" / "python"


def tool(name: str) -> str:
    """Return the path of a program of the virtual environment."""
    return str(VENV / "bin" / name)


def tool_environment(**more: str) -> dict[str, str]:
    """Return the environment of tools and tests: caches and bytecode under `var`, nothing of the portal but `more`."""
    # The last would have every process compile everything anew, which triples what a start takes.
    ours = ("NOC_", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return kept | {
        "PYTHONPYCACHEPREFIX": str(CACHES / "pycache"),
        "PYTHONUNBUFFERED": "1",
        "RUFF_CACHE_DIR": str(CACHES / "ruff"),
        "MYPY_CACHE_DIR": str(CACHES / "mypy"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CACHES / "hypothesis"),
        **more,
    }


def portal_environment(*, port: int) -> dict[str, str]:
    """Return the environment of the portal's own processes when it is served on `port` of this machine."""
    kept = {key: value for key, value in os.environ.items() if key in KEPT_VARIABLES}
    fixed = {"DJANGO_SETTINGS_MODULE": "portal.settings.local", "NOC_VAR": str(var()), "NOC_SITE_URL": address(port)}
    return tool_environment(**({"NOC_LOG_LEVEL": "WARNING"} | kept | fixed))


def address(port: int) -> str:
    """Return the portal's address. A name, not a number: a passkey is bound to a host name."""
    return f"http://localhost:{port}"

"""Sample content: each area hands in a loader from its `apps.py`, and `manage.py load_sample` runs them in order.

Sample content is read from YAML files in each area's `sample/` folder. Two loads into two empty databases make the
same content: nothing in the files or loaders is left to chance.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from portal.community.models import Country
from portal.outbox.post import held_back

#: Says one line about what is being loaded.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class SampleLoader:
    """What one area loads. Loaders run by ascending `order`; `name` is shown as progress."""

    order: int
    name: str
    load: Callable[[Progress], None]


class NotEmpty(RuntimeError):
    """The database holds content already; nothing was loaded."""


_loaders: dict[str, SampleLoader] = {}


def register(order: int, name: str, load: Callable[[Progress], None]) -> None:
    """Add an area's loader. Community 10, pages 20, library 30, meetings 40, pilots 50, exchanges 60."""
    _loaders[name] = SampleLoader(order, name, load)


def loaders() -> list[SampleLoader]:
    """Return the loaders in the order in which they run."""
    return sorted(_loaders.values(), key=lambda loader: loader.order)


def is_empty() -> bool:
    """Return whether the database holds no community yet."""
    return not Country.objects.exists()


def load_all(*, progress: Progress) -> None:
    """Run every loader in one transaction, without mail. Raises `NotEmpty` where content stands already."""
    if not is_empty():
        raise NotEmpty("The database already holds content. Nothing was loaded.")
    with transaction.atomic(), held_back():
        for loader in loaders():
            progress(f"{loader.name} …")
            loader.load(progress)


def read(package: str, name: str) -> Any:
    """Return the parsed content of `sample/<name>.yaml` in a package such as "portal.community"."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"no package {package!r}")
    return yaml.safe_load((Path(spec.origin).parent / "sample" / f"{name}.yaml").read_text(encoding="utf-8"))

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from portal.community.domain.samples import Progress


class LibraryConfig(AppConfig):
    name = "library"
    label = "library"
    verbose_name = "Library"

    def ready(self) -> None:
        from library import panels, search  # noqa: F401 - hands in panels and registers the search types
        from library.domain import states  # noqa: F401 - registers the transition table
        from portal.community.domain import samples
        from portal.web.registries import NavEntry, navigation

        samples.register(30, "Library", _load_library)
        navigation.add(NavEntry(label="Library", url="/library/", order=10, section="library"))


def _load_library(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from library.domain.sample_library import load_library

    load_library(progress)

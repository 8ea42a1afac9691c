from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from portal.community.domain.samples import Progress


class LibraryConfig(AppConfig):
    name = "library"
    label = "library"
    verbose_name = "Library"

    def ready(self) -> None:
        from library import metadata, panels, search, updates  # noqa: F401 - hands in panels, news and types of search
        from library.domain import (
            own_data,
            states,  # noqa: F401 - registers the transition table
        )
        from portal.community.domain import samples
        from portal.pages import registries
        from portal.web.registries import NavEntry, navigation

        registries.add_page_kind("film", "library.VideoPage")
        registries.add_page_kind("document", "library.DocumentPage", "library.SOPPage")
        own_data.hand_in()
        samples.register(30, "Library", _load_library)
        navigation.add(NavEntry(label=_("Library"), url="/library/", order=10, section="library"))


def _load_library(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from library.domain.sample_library import load_library

    load_library(progress)

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from portal.community.domain.samples import Progress


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        from portal.community.domain import samples
        from portal.pages import search  # noqa: F401 - registers the search types
        from portal.web.registries import NavEntry, navigation

        samples.register(20, "Pages", _load_pages)
        navigation.add(NavEntry(label="Groups", url="/groups/", order=40, section="groups"))
        navigation.add(NavEntry(label="About", url="/about/", order=50, section="about"))


def _load_pages(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from portal.pages.domain.sample_pages import load_pages

    load_pages(progress)

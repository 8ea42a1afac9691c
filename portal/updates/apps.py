from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from portal.access.viewer import Viewer
    from portal.community.domain.samples import Progress


class UpdatesConfig(AppConfig):
    name = "portal.updates"
    label = "updates"
    verbose_name = "Updates by e-mail"

    def ready(self) -> None:
        from portal.community.domain import samples
        from portal.updates import sources  # noqa: F401 - hands in the news
        from portal.updates.domain import (  # noqa: F401 - registers the jobs and the transition table
            sending,
            states,
            subscriptions,
        )
        from portal.web.registries import Panel, add_panel

        samples.register(70, "Updates by e-mail", _load_updates)
        add_panel(Panel("waiting", "updates", 90, "updates/panels/office.html", _office_panel))


def _office_panel(*, viewer: Viewer) -> dict[str, Any] | None:
    return {} if viewer.holds("office") else None


def _load_updates(progress: Progress) -> None:
    from portal.updates.domain.samples import load_updates  # late: only the loader needs it

    load_updates(progress)

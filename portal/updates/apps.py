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
        from portal.outbox.kinds import SECURITY, MailGroup, add_group, add_kinds
        from portal.updates import sources  # noqa: F401 - hands in the news
        from portal.updates.domain import (  # noqa: F401 - registers the jobs and the transition table
            own_data,
            sending,
            states,
            subscriptions,
        )
        from portal.web.registries import Panel, add_panel

        add_group(
            MailGroup(
                "updates",
                "Updates by e-mail",
                "What was published, on the topics that you ask for. Every letter has a link to stop it.",
                50,
                url_name="updates:index",
            )
        )
        add_kinds("updates", ["updates_letter"])
        # Asked for by whoever typed the address a minute ago.
        add_kinds(SECURITY.key, ["updates_confirm", "updates_known"])
        own_data.hand_in()
        samples.register(70, "Updates by e-mail", _load_updates)
        add_panel(Panel("waiting", "updates", 90, "updates/panels/office.html", _office_panel))


def _office_panel(*, viewer: Viewer) -> dict[str, Any] | None:
    return {} if viewer.holds("office") else None


def _load_updates(progress: Progress) -> None:
    from portal.updates.domain.samples import load_updates  # late: only the loader needs it

    load_updates(progress)

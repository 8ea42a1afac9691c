from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from portal.community.domain.samples import Progress


class CommunityConfig(AppConfig):
    name = "portal.community"
    label = "community"
    verbose_name = "Community"

    def ready(self) -> None:
        from portal.access.viewer import set_standing_provider
        from portal.community import account_area, signals  # noqa: F401 - connects the receivers
        from portal.community.domain import (
            own_data,
            recovery,  # noqa: F401 - registers the job and the transition table
            recovery_letters,
            recovery_queries,
            samples,
        )
        from portal.community.domain.places import country_names
        from portal.community.domain.standing import standing_of
        from portal.outbox.kinds import SECURITY, add_kinds
        from portal.search.registry import name_values
        from portal.web.registries import Panel, add_panel, waiting

        set_standing_provider(standing_of)
        own_data.hand_in()
        account_area.register()
        name_values("country", country_names)
        samples.register(10, "Community", _load_community)
        add_kinds(SECURITY.key, recovery_letters.KINDS)
        waiting.append(recovery_queries.waiting)
        add_panel(Panel("waiting", "recovery", 80, "recovery/panels/desk.html", recovery_queries.desk_panel))


def _load_community(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from portal.community.domain.sample_community import load_community

    load_community(progress)

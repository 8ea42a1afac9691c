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
        from portal.community.domain import samples
        from portal.community.domain.places import country_names
        from portal.community.domain.standing import standing_of
        from portal.search.registry import name_values

        set_standing_provider(standing_of)
        name_values("country", country_names)
        samples.register(10, "Community", _load_community)


def _load_community(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from portal.community.domain.sample_community import load_community

    load_community(progress)

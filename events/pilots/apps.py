from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from portal.community.domain.samples import Progress


class PilotsConfig(AppConfig):
    name = "events.pilots"
    label = "pilots"
    verbose_name = "Pilots"

    def ready(self) -> None:
        from events.pilots import search  # noqa: F401 - registers the search type
        from events.pilots.domain.queries import answers, group_panel, rule_figure
        from portal.community.domain import samples
        from portal.pages.registries import add_answers
        from portal.web.registries import Panel, add_panel

        samples.register(50, "Pilots", _load_pilots)
        add_answers("pilots", answers)
        add_panel(Panel("home_figures", "pilot-scenarios", 10, "", rule_figure))
        add_panel(Panel("group", "pilots", 30, "pilots/panels/group.html", group_panel))


def _load_pilots(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from events.pilots.domain.sample_pilots import load_pilots

    load_pilots(progress)

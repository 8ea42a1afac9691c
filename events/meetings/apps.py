from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from portal.community.domain.samples import Progress


class MeetingsConfig(AppConfig):
    name = "events.meetings"
    label = "meetings"
    verbose_name = "Meetings"

    def ready(self) -> None:
        from events.meetings import metadata, search  # noqa: F401 - registers the search type, and reports for the feed
        from events.meetings.domain.queries import answers, group_panel, upcoming
        from portal.community.domain import samples
        from portal.pages.registries import add_answers, add_upcoming
        from portal.web.registries import NavEntry, Panel, add_panel, navigation

        samples.register(40, "Meetings", _load_meetings)
        navigation.add(NavEntry(label=_("Meetings"), url="/meetings/", order=30, section="meetings"))
        add_upcoming("meetings", upcoming)
        add_answers("meetings", answers)
        add_panel(Panel("group", "meetings", 20, "meetings/panels/group.html", group_panel))


def _load_meetings(progress: Progress) -> None:
    # Late: the loader is needed by one command, and reads files.
    from events.meetings.domain.sample_meetings import load_meetings

    load_meetings(progress)

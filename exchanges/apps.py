from collections.abc import Callable

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangesConfig(AppConfig):
    name = "exchanges"
    label = "exchanges"
    verbose_name = "Exchanges"

    def ready(self) -> None:
        from exchanges import (
            mails,
            metadata,  # noqa: F401 - hands in the addresses for search engines
        )
        from exchanges.domain import (
            matches,  # noqa: F401 - registers the job that computes a match
            own_data,
            panels,
            states,  # noqa: F401 - registers the transition tables
            updates,  # noqa: F401 - hands in the open calls
            waiting_apply,
            waiting_decide,
        )
        from exchanges.models import Report
        from portal.community.domain import samples
        from portal.files import owners
        from portal.pages.registries import add_upcoming
        from portal.web.registries import NavEntry, Panel, add_panel, navigation, waiting

        mails.register()
        navigation.add(NavEntry(_("Exchanges"), "/exchanges/", 20, "exchanges"))
        waiting.append(waiting_apply.waiting)
        waiting.append(waiting_decide.waiting)
        owners.register("exchanges.report", Report.objects.visible_to)
        add_panel(Panel("home", "open_call", 10, "exchanges/panels/notice.html", panels.open_call_notice))
        add_panel(Panel("home_map", "been_where", 10, "exchanges/panels/map.html", panels.been_where))
        add_panel(Panel("home_figures", "sending_countries", 50, "", panels.sending_countries))
        add_panel(Panel("waiting", "desks", 10, "exchanges/panels/desks.html", panels.desks))
        add_upcoming("exchanges", panels.coming)
        own_data.hand_in()
        samples.register(60, "Exchanges", _load_exchanges)


def _load_exchanges(progress: Callable[[str], None]) -> None:
    from exchanges.domain.samples import load_exchanges  # late: only the loader needs it

    load_exchanges(progress)

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "portal.privacy"
    label = "privacy"
    verbose_name = "Privacy"

    def ready(self) -> None:
        from portal.privacy import mails
        from portal.privacy.domain import (
            own_data,
            queries,
            retention,  # noqa: F401 - registers the job
            standard_rules,
            states,  # noqa: F401 - registers the transition table
        )
        from portal.web.registries import AccountSection, Panel, account_sections, add_panel, waiting

        mails.register()
        own_data.hand_in()
        standard_rules.register()
        account_sections.add(AccountSection("data", "My data", "privacy:data", 70, queries.note))
        waiting.append(queries.waiting)
        add_panel(Panel("waiting", "privacy", 95, "privacy/panels/watch.html", queries.watch_panel))

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from portal.accounts import (
            mails,
            sections,
            signals,  # noqa: F401 - connects the receivers once apps are ready
        )
        from portal.accounts.domain import (
            own_data,
            states,  # noqa: F401 - registers the transition table
        )
        from portal.accounts.restrictions import ask_second_factor

        ask_second_factor()
        sections.register()
        mails.register()
        own_data.hand_in()

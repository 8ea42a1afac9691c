from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    label = "outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        from portal.outbox import (
            daily,
            kinds,
            post,  # noqa: F401 - registers the job that delivers mail
        )

        # It is itself what somebody chose.
        kinds.add_kinds(kinds.SECURITY.key, [daily.KIND])

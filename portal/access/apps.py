from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "portal.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from portal.access import signals  # late: models are ready only now; importing connects the handlers

        signals.follow_copies()

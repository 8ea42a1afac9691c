from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "portal.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        from portal.web import copies  # late: it asks for the settings

        copies.follow()

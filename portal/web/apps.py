from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "portal.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        from portal.web import cms, copies  # late: they ask for the settings and for Wagtail's apps

        copies.follow()
        cms.escape_chooser_data()

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from portal.search import rebuild, signals  # noqa: F401 - connects handlers of jobs and of pages

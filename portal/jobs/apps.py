from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "portal.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        # Without the Celery application every `delay` would go to a default broker that is not there.
        import_module("portal.celery")
        from portal.jobs import tasks_backend  # noqa: F401 - late: models are ready only now; registers its handler

"""Settings of the worker drill: the embedded default, with no more apps than the job table needs, so it starts fast."""

from portal.settings.local import *  # noqa: F403 - a settings module extends its base by design

AUTH_USER_MODEL = "auth.User"
INSTALLED_APPS = ["portal.jobs", "django.contrib.auth", "django.contrib.contenttypes"]
#: No pages here; Celery runs Django's checks, which load the addresses.
ROOT_URLCONF = "tests.portal.jobs.drill_settings"
MIDDLEWARE: list[str] = []
TEMPLATES: list[dict] = []
urlpatterns: list = []
# The portal's own sessions and refusals live in an app that is not here.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

"""The Celery application. Work itself is described by rows of portal.jobs; Celery carries their ids."""

import os
import threading

from celery import Celery
from celery.signals import setup_logging, worker_ready
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
TRANSPORT_ALIASES["filesystem"] = "portal.jobs.broker:Transport"

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

#: Seconds between two signs of life of a worker.
BEAT = 10


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Leave logging as the settings made it; Celery would set its own up otherwise."""


@worker_ready.connect
def show_life(**_: object) -> None:
    """Leave a sign of life from the worker's main process, which long jobs do not hold up."""
    from portal.jobs.tasks import note_life  # late: needs the apps, which are ready once the worker is

    def go_on() -> None:
        while True:
            note_life()
            rest.wait(BEAT)

    rest = threading.Event()
    threading.Thread(target=go_on, name="heartbeat", daemon=True).start()


if settings.CELERY_BROKER_URL.startswith("filesystem"):
    for _name in ("broker/queue", "broker/control"):
        (settings.VAR / _name).mkdir(parents=True, exist_ok=True)
(settings.VAR / "beat").mkdir(parents=True, exist_ok=True)

"""The Celery app, and checks when a worker starts."""

import os

from celery import Celery
from celery.signals import celeryd_init, worker_ready
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "petition.settings")

app = Celery("petition")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def use_worker_transport(conf, **kwargs) -> None:
    """Sets longer timeouts for workers: a worker waits in BRPOP for a second, longer than the timeouts of the web."""
    from django.conf import settings

    from signatures.operations.system_checks import refuse_unsafe_start

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:  # Celery ignores other exceptions in a signal
        raise SystemExit(str(error)) from None
    conf.broker_transport_options = settings.WORKER_TRANSPORT_OPTIONS


@worker_ready.connect
def stamp_heartbeat_at_start(sender, **kwargs) -> None:
    """Writes a heartbeat at start, so that /-/ready does not report a new site as degraded until the first beat."""
    sender.app.send_task("signatures.beat", expires=30)

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
    """A worker sits in BRPOP for a second at a time; the web's short time-outs would end each wait."""
    from django.conf import settings

    from signatures.operations.system_checks import refuse_unsafe_start

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:  # Celery goes on past any other exception of a signal
        raise SystemExit(str(error)) from None
    conf.broker_transport_options = settings.WORKER_TRANSPORT_OPTIONS


@worker_ready.connect
def stamp_heartbeat_at_start(sender, **kwargs) -> None:
    """At once, so that /-/ready does not call a site that has just started degraded until beat comes round."""
    sender.app.send_task("signatures.beat", expires=30)

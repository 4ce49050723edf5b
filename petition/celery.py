import os

from celery import Celery
from celery.signals import celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "petition.settings")

app = Celery("petition")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def start_as_a_worker(conf, **kwargs) -> None:
    """Only where it is safe, and waiting like one. A worker sits in BRPOP for a second at a time; the web's short time-outs would end each wait."""
    from django.conf import settings

    from signatures.checks import refuse_an_unsafe_start

    refuse_an_unsafe_start()
    conf.broker_transport_options = settings.WORKER_TRANSPORT_OPTIONS

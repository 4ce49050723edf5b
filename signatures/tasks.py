"""Thin: each calls one action. None is retried by Celery: beat comes round again, and the outbox knows what is due."""

from celery import shared_task
from django.utils import timezone

from signatures import actions


@shared_task(name="signatures.deliver")
def deliver() -> None:
    actions.deliver(clock=timezone.now)


@shared_task(name="signatures.mail_updates")
def mail_updates() -> None:
    actions.mail_updates(clock=timezone.now)


@shared_task(name="signatures.fold")
def fold() -> None:
    actions.fold()


@shared_task(name="signatures.heed_mail_events")
def heed_mail_events() -> None:
    while actions.heed_mail_events(now=timezone.now()):
        pass


@shared_task(name="signatures.check_counts")
def check_counts() -> None:
    actions.check_counts(now=timezone.now())


@shared_task(name="signatures.forget")
def forget() -> None:
    actions.forget(now=timezone.now())


@shared_task(name="signatures.count_growth")
def count_growth() -> None:
    actions.count_growth(now=timezone.now())


@shared_task(name="signatures.draw_pictures")
def draw_pictures() -> None:
    actions.draw_pictures(now=timezone.now())


@shared_task(name="signatures.remind")
def remind() -> None:
    actions.remind(now=timezone.now())


@shared_task(name="signatures.work_on_rules")
def work_on_rules() -> None:
    """Goes on by itself while there is more than one task may take."""
    if actions.work_on_rules(clock=timezone.now):
        work_on_rules.apply_async(expires=60)


@shared_task(name="signatures.work_on_many")
def work_on_many() -> None:
    if actions.work_on_many(clock=timezone.now):
        work_on_many.apply_async(expires=60)


@shared_task(name="signatures.make_packs", soft_time_limit=270, time_limit=290)
def make_packs() -> None:
    """May take longer than others, and ends before the broker would give it to somebody else."""
    actions.make_packs(clock=timezone.now)


@shared_task(name="signatures.beat")
def beat() -> None:
    actions.beat(now=timezone.now())

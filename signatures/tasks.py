"""Thin: each calls one action. None is retried by Celery: beat comes round again, and the outbox knows what is due."""

from celery import shared_task
from django.utils import timezone

from signatures.mail import bounces, update_mailing
from signatures.mail import reminders as remind_action
from signatures.mail import send as deliver_action
from signatures.operations import heartbeat
from signatures.privacy import retention as forget_action
from signatures.public import count_days, fold_tally
from signatures.review import apply_rule, batches
from signatures.statements import draw_share_image
from signatures.transfers.delivery_bundle import request


@shared_task(name="signatures.deliver")
def deliver() -> None:
    deliver_action.deliver(clock=timezone.now)


@shared_task(name="signatures.mail_updates")
def mail_updates() -> None:
    update_mailing.mail_updates(clock=timezone.now)


@shared_task(name="signatures.fold")
def fold() -> None:
    fold_tally.fold()


@shared_task(name="signatures.heed_mail_events")
def heed_mail_events() -> None:
    while bounces.heed_mail_events(now=timezone.now()):
        pass


@shared_task(name="signatures.check_counts")
def check_counts() -> None:
    fold_tally.check_counts(now=timezone.now())


@shared_task(name="signatures.forget")
def forget() -> None:
    forget_action.forget(now=timezone.now())


@shared_task(name="signatures.count_growth")
def count_growth() -> None:
    count_days.count_growth(now=timezone.now())


@shared_task(name="signatures.draw_pictures")
def draw_pictures() -> None:
    draw_share_image.draw_pictures(now=timezone.now())


@shared_task(name="signatures.remind")
def remind() -> None:
    remind_action.remind(now=timezone.now())


@shared_task(name="signatures.work_on_rules")
def work_on_rules() -> None:
    """Goes on by itself while there is more than one task may take."""
    if apply_rule.work_on_rules(clock=timezone.now):
        work_on_rules.apply_async(expires=60)


@shared_task(name="signatures.work_on_many")
def work_on_many() -> None:
    if batches.work_on_bulk_decisions(clock=timezone.now):
        work_on_many.apply_async(expires=60)


@shared_task(name="signatures.make_packs", soft_time_limit=270, time_limit=290)
def make_packs() -> None:
    """May take longer than others, and ends before the broker would give it to somebody else."""
    request.make_packs(clock=timezone.now)


@shared_task(name="signatures.beat")
def beat() -> None:
    heartbeat.beat(now=timezone.now())

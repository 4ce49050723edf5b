from celery import shared_task
from django.utils import timezone

from signatures.public import count_days, draw_share_image, fold_tally


@shared_task(name="signatures.fold")
def fold() -> None:
    fold_tally.fold()


@shared_task(name="signatures.check_counts")
def check_counts() -> None:
    fold_tally.check_counts(now=timezone.now())


@shared_task(name="signatures.count_growth")
def count_growth() -> None:
    count_days.update_daily_counts(now=timezone.now())


@shared_task(name="signatures.draw_pictures")
def draw_pictures() -> None:
    draw_share_image.draw_share_pictures(now=timezone.now())

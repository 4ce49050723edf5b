from datetime import datetime, timedelta

from django.db import connection, transaction

from signatures.public.models.daily_count import Growth, count_days
from signatures.public.models.tally import count
from signatures.statements.models.statement import Statement

RECOUNT_AFTER = timedelta(hours=1)
"""Somebody left and somebody came: the total is the same, and the days are not."""


def count_growth(*, now: datetime) -> None:
    """Of each published statement whose count has changed since, and of every one once an hour."""
    known = {growth.statement_id: growth for growth in Growth.objects.all()}
    for statement_id in Statement.objects.published().values_list("id", flat=True):
        growth = known.get(statement_id)
        if not growth or growth.total != count(statement_id).all or growth.counted_at <= now - RECOUNT_AFTER:
            _count_statement(statement_id, now)


@transaction.atomic
def _count_statement(statement_id: int, now: datetime) -> None:
    """Millions of signatures take longer than a visitor would be given."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '30s'")
    counted = {"days": count_days(statement_id), "counted_at": now}
    Growth.objects.update_or_create(statement_id=statement_id, defaults=counted)

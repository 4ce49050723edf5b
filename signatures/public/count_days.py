from datetime import datetime, timedelta

from django.db import connection, transaction

from signatures.public.models.daily_count import Growth, count_days
from signatures.public.models.tally import count
from signatures.statements.models.statement import Statement

RECOUNT_AFTER = timedelta(hours=1)
"""The same total can hide a change of the days: one signature was withdrawn and another confirmed."""


def update_daily_counts(*, now: datetime) -> None:
    """Counts the days of each published statement whose count has changed, and of every one once an hour."""
    growth_by_statement = {growth.statement_id: growth for growth in Growth.objects.all()}
    for statement_id in Statement.objects.published().values_list("id", flat=True):
        growth = growth_by_statement.get(statement_id)
        if not growth or growth.total != count(statement_id).all or growth.counted_at <= now - RECOUNT_AFTER:
            _count_statement(statement_id, now)


@transaction.atomic
def _count_statement(statement_id: int, now: datetime) -> None:
    """Allows 30 seconds, because millions of signatures take longer than the limit for a visitor's request."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '30s'")
    values = {"days": count_days(statement_id), "counted_at": now}
    Growth.objects.update_or_create(statement_id=statement_id, defaults=values)

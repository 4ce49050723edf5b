"""Stores the number of signatures per day. The worker counts them, because it takes too long for a page request."""

from datetime import date, timedelta

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.statement import Statement

# The index place_among_confirmed has every column of this query
COUNT_DAYS = """
    SELECT (confirmed_at AT TIME ZONE 'UTC')::date AS day, count(*)
    FROM signatures_signature WHERE statement_id = %s AND counted GROUP BY day ORDER BY day
"""

Day = tuple[date, int]


class Growth(models.Model):
    statement = models.OneToOneField(Statement, models.CASCADE, primary_key=True, verbose_name=_("statement"))
    days = models.JSONField(_("signatures by day"))
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name, verbose_name_plural = _("growth"), _("growth")

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.total}"

    @property
    def total(self) -> int:
        return sum(count for _day, count in self.days)

    def all_days(self) -> list[Day]:
        """Returns all days from the first signature to the last, including those without any."""
        if not self.days:
            return []
        counts = {date.fromisoformat(day): count for day, count in self.days}
        first, last = min(counts), max(counts)
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return [(day, counts.get(day, 0)) for day in days]


def count_days(statement_id: int) -> list[tuple[str, int]]:
    """Counts the counted signatures by the day of their confirmation, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DAYS, [statement_id])
        return [(day.isoformat(), count) for day, count in cursor.fetchall()]

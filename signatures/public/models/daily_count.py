"""How many signed on each day, as the worker last counted it: too much to count while a visitor waits."""

from datetime import date, timedelta

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.statement import Statement

# The index place_among_confirmed holds all that this reads
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
        return sum(many for _day, many in self.days)

    def all_days(self) -> list[Day]:
        """From the first day on which anybody signed to the last, those on which nobody did too."""
        if not self.days:
            return []
        found = {date.fromisoformat(day): many for day, many in self.days}
        first, last = min(found), max(found)
        days = (first + timedelta(days=past) for past in range((last - first).days + 1))
        return [(day, found.get(day, 0)) for day in days]


def count_days(statement_id: int) -> list[tuple[str, int]]:
    """The days of universal time on which they confirmed who count now."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DAYS, [statement_id])
        return [(day.isoformat(), many) for day, many in cursor.fetchall()]

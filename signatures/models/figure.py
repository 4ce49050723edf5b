"""Numbers that are kept for whoever watches the site, where no other row tells them. They say nothing of anybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models

# In order, so that two who count never wait for each other
ADD = """
    INSERT INTO signatures_figure AS figure (name, label, value, at)
    SELECT %(name)s, label, value, %(now)s FROM unnest(%(labels)s, %(values)s::bigint[]) AS more (label, value)
    ORDER BY label
    ON CONFLICT (name, label) DO UPDATE SET value = figure.value + excluded.value, at = excluded.at
"""


class FigureQuerySet(models.QuerySet["Figure"]):
    def add(self, name: str, more: Mapping[str, int], *, now: datetime) -> None:
        values: dict[str, Any] = {"name": name, "now": now, "labels": list(more), "values": list(more.values())}
        if more:
            with connection.cursor() as cursor:
                cursor.execute(ADD, values)

    def note(self, name: str, value: int, *, now: datetime) -> None:
        self.update_or_create(name=name, label="", defaults={"value": value, "at": now})


class Figure(models.Model):
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=80, blank=True)
    value = models.BigIntegerField()
    at = models.DateTimeField()

    objects = FigureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "label"], name="one_figure_of_a_name_and_label")]

    def __str__(self) -> str:
        return f"{self.name} {self.label}: {self.value}"

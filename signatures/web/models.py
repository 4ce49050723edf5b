"""Numbers and moments that are kept for monitoring, where no other row has them. They tell nothing about anybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models

WORKER = "worker"  # when a worker last took a task: a stuck one answers pings but stamps nothing
REPLICATION_HEARTBEAT = "pulse"  # of the database itself, at each fold

# In order, so that two who count never wait for each other
ADD = """
    INSERT INTO signatures_measurement AS measurement (name, label, value, at)
    SELECT %(name)s, label, value, %(now)s FROM unnest(%(labels)s, %(values)s::bigint[]) AS more (label, value)
    ORDER BY label
    ON CONFLICT (name, label) DO UPDATE SET value = measurement.value + excluded.value, at = excluded.at
"""

# By the clock of the database, which a replica compares with its own
STAMP_HEARTBEAT_SQL = """
    INSERT INTO signatures_measurement (name, label, value, at) VALUES (%s, '', 1, clock_timestamp())
    ON CONFLICT (name, label) DO UPDATE SET at = excluded.at
"""


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def add(self, name: str, more: Mapping[str, int], *, now: datetime) -> None:
        values: dict[str, Any] = {"name": name, "now": now, "labels": list(more), "values": list(more.values())}
        if more:
            with connection.cursor() as cursor:
                cursor.execute(ADD, values)

    def note(self, name: str, value: int, *, now: datetime) -> None:
        self.update_or_create(name=name, label="", defaults={"value": value, "at": now})

    def at(self, name: str) -> datetime | None:
        """When it was last measured or stamped."""
        return self.filter(name=name, label="").values_list("at", flat=True).first()


class Measurement(models.Model):
    """A stamp is a measurement whose moment alone counts: its value is 1."""

    name = models.CharField(max_length=40)
    label = models.CharField(max_length=80, blank=True)
    value = models.BigIntegerField()
    at = models.DateTimeField()

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "label"], name="one_measurement_per_name_and_label")]

    def __str__(self) -> str:
        return f"{self.name} {self.label}: {self.value}"

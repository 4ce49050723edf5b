"""Numbers and timestamps for monitoring that no other table has. They contain no personal data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models

WORKER = "worker"  # when a worker last ran a task; a stuck worker answers pings but runs none
REPLICATION_HEARTBEAT = "pulse"  # written by the database clock at each fold of the tally

# Ordered, to prevent deadlocks between two processes
ADD = """
    INSERT INTO signatures_measurement AS measurement (name, label, value, at)
    SELECT %(name)s, label, value, %(now)s FROM unnest(%(labels)s, %(values)s::bigint[]) AS more (label, value)
    ORDER BY label
    ON CONFLICT (name, label) DO UPDATE SET value = measurement.value + excluded.value, at = excluded.at
"""

# Uses the clock of the database, because the replica compares it with its own
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

    def set_value(self, name: str, value: int, *, now: datetime) -> None:
        self.update_or_create(name=name, label="", defaults={"value": value, "at": now})

    def at(self, name: str) -> datetime | None:
        """Returns the time of the last measurement or stamp."""
        return self.filter(name=name, label="").values_list("at", flat=True).first()


class Measurement(models.Model):
    """A number by name and label. A stamp is a measurement with value 1, of which only the time matters."""

    name = models.CharField(max_length=40)
    label = models.CharField(max_length=80, blank=True)
    value = models.BigIntegerField()
    at = models.DateTimeField()

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "label"], name="one_measurement_per_name_and_label")]

    def __str__(self) -> str:
        return f"{self.name} {self.label}: {self.value}"

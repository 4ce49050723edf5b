"""Decides whether the replica is recent enough for the list and the search.

The primary stamps a row at every fold of the tally, every five seconds. A replica without a stamp of the last
MAX_LAG_SECONDS is not used: it is disconnected or slow, or no worker folds. Pages of signers and organisers never read
from it, so that people see their own changes.
"""

import logging
import time
from threading import Lock

from django.conf import settings
from django.db import DatabaseError, connections

from signatures.web.models import REPLICATION_HEARTBEAT
from signatures.web.replica.router import REPLICA

logger = logging.getLogger(__name__)

MAX_LAG_SECONDS = 15
CHECK_INTERVAL, RETRY_AFTER_FAILURE = 1.0, 5.0  # seconds

LAG_SQL = "SELECT extract(epoch FROM now() - at) FROM signatures_measurement WHERE name = %s"


class ReplicaMonitor:
    """Checks the replica for this process, at most once per interval."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.is_good = False
        self.next_check_at = 0.0

    def may_be_read(self) -> bool:
        if REPLICA not in settings.DATABASES:
            return False
        if time.monotonic() >= self.next_check_at and self.lock.acquire(blocking=False):
            try:
                self._switch_state(_is_recent())
            finally:
                self.lock.release()
        return self.is_good

    def failed(self) -> None:
        connections[REPLICA].close()
        self._switch_state(is_good=False)

    def _switch_state(self, is_good: bool) -> None:
        if self.is_good and not is_good:
            logger.warning("the replica is away or too far behind: reading from the primary")
        elif is_good and not self.is_good:
            logger.warning("reading lists from the replica")
        self.next_check_at = time.monotonic() + (CHECK_INTERVAL if is_good else RETRY_AFTER_FAILURE)
        self.is_good = is_good


def _is_recent() -> bool:
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(LAG_SQL, [REPLICATION_HEARTBEAT])
            row = cursor.fetchone()
    except DatabaseError:
        connections[REPLICA].close()
        return False
    return row is not None and row[0] < MAX_LAG_SECONDS


replica_monitor = ReplicaMonitor()

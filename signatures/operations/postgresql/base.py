"""Checks a kept connection without a query. Django would send SELECT 1, one round trip per request. If the server
closed the connection, its socket is readable, so poll() is enough."""

from select import POLLIN, poll

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

USABLE_STATUSES = (TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS)


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        connection = self.connection
        if connection is None or connection.closed or connection.get_transaction_status() not in USABLE_STATUSES:
            return False
        poller = poll()
        poller.register(connection.fileno(), POLLIN)
        return not poller.poll(0) or super().is_usable()

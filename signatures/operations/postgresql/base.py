"""A kept connection is looked at before a request uses it, without asking the database: a server that has gone has hung
up, and what is hung up can be read from. Django would send SELECT 1, a round trip for every request."""

from select import POLLIN, poll

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

USABLE_STATUSES = (TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS)


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        connection = self.connection
        if connection is None or connection.closed or connection.get_transaction_status() not in USABLE_STATUSES:
            return False
        waiting = poll()
        waiting.register(connection.fileno(), POLLIN)
        return not waiting.poll(0) or super().is_usable()

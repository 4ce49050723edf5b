"""Routes queries to the replica while `reads_replica` is set, else to the primary."""

from contextvars import ContextVar
from typing import Any

PRIMARY, REPLICA = "default", "replica"

reads_replica: ContextVar[bool] = ContextVar("reads_replica", default=False)


class Router:
    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return REPLICA if reads_replica.get() else None

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY

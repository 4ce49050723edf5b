from datetime import datetime, timedelta

from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

RECENT_PERIOD = timedelta(minutes=1)


def requires_proof_of_work(statement: Statement, now: datetime) -> bool:
    """Returns whether more people signed in the last minute than the organisers' limit. Stops counting above it."""
    level = statement.proof_above
    if not level:
        return level == 0
    recent = Signature.objects.of(statement).filter(created_at__gt=now - RECENT_PERIOD, imported=None)
    recent = recent.order_by()  # ordered by id, PostgreSQL may scan the whole table
    return recent[: level + 1].count() > level

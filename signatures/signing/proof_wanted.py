from datetime import datetime, timedelta

from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

RECENT_PERIOD = timedelta(minutes=1)


def requires_proof_of_work(statement: Statement, now: datetime) -> bool:
    """Whether more have signed in the last minute than its organisers set. Counts no further than it must."""
    level = statement.proof_above
    if not level:
        return level == 0
    lately = Signature.objects.of(statement).filter(created_at__gt=now - RECENT_PERIOD, imported=None)
    lately = lately.order_by()  # in the order of ids, PostgreSQL may look for them through the whole table
    return lately[: level + 1].count() > level

"""Links by which signers pass a statement on, and how many signatures that count each has brought: numbers, and nothing
else. What says through whose link a signature came is sealed when it counts (docs/decisions/0007-share-links.md)."""

import logging
import re
import secrets
from collections import Counter
from collections.abc import Iterable

from cryptography.fernet import InvalidToken
from django.db import connection, models, transaction

from signatures.identity.mailbox import decrypt_address
from signatures.signing.models.signature import Signature

CODE_PATTERN = re.compile("[0-9a-f]{10}")
MAX_ENTRIES_PER_FOLD = 5000  # entries
MOST_FOLDS = 20

TAKE_ENTRIES_SQL = """
    DELETE FROM signatures_shareentry WHERE id IN (SELECT id FROM signatures_shareentry ORDER BY id LIMIT %s)
    RETURNING came_by, change
"""

ADD_COUNTS_SQL = """
    UPDATE signatures_share AS share SET brought = share.brought + new.change
    FROM unnest(%s::text[], %s::int[]) AS new (code, change) WHERE share.code = new.code
"""

REFERRALS_SQL = "SELECT code, greatest(brought, 0) FROM signatures_share WHERE signature_id = %s"

# What links should have brought beside what they are said to have, as of one moment: one statement sees one.
EARLIER_REFERRALS_SQL = """
    SELECT code, NULL, -brought FROM signatures_share WHERE brought <> 0
    UNION ALL
    SELECT '', came_by, -change FROM signatures_shareentry
    UNION ALL
    SELECT '', came_by, 1 FROM signatures_signature WHERE came_by IS NOT NULL AND counted
"""

logger = logging.getLogger(__name__)


def new_code() -> str:
    return secrets.token_hex(5)


def parse_code(text: str) -> str:
    """What stood in the link; empty where it is no code, for a link that was cut in two is nobody's mistake."""
    return text if CODE_PATTERN.fullmatch(text) else ""


class Share(models.Model):
    """Of a signature that is counted, or was. The code is drawn by lot: it tells nobody whose it is."""

    signature = models.OneToOneField(Signature, models.CASCADE, related_name="share")
    code = models.CharField(max_length=16, default=new_code)
    brought = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="one_share_per_code")]

    def __str__(self) -> str:
        return self.code


class ShareEntry(models.Model):
    """One more for a code or one less, appended by a trigger (sql/append_share_entries.sql) and folded away within
    seconds. None outlives the fold, so that their order is not laid beside the order of confirming."""

    came_by = models.BinaryField()
    change = models.SmallIntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return f"{self.change:+d}"


def fold_referrals() -> None:
    for _time in range(MOST_FOLDS):
        if _fold_batch() < MAX_ENTRIES_PER_FOLD:
            return


@transaction.atomic
def _fold_batch() -> int:
    """One at a time: a number may go up by one entry and down by the next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('fold shares'))")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE_ENTRIES_SQL, [MAX_ENTRIES_PER_FOLD])
        rows = cursor.fetchall()
        changed = _count_by_code(rows)
        codes = sorted(changed)
        cursor.execute(ADD_COUNTS_SQL, [codes, [changed[code] for code in codes]])
    return len(rows)


def _count_by_code(sealed: Iterable[tuple[bytes, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for came_by, change in sealed:
        try:
            found[decrypt_address(came_by)] += change
        except InvalidToken:
            logger.error("no listed FIELD_KEY reads by which link a signature came")
    return found


def brought(signature_id: int) -> tuple[str, int] | None:
    """The signer's code, and how many signatures that count came by it, some seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(REFERRALS_SQL, [signature_id])
        return cursor.fetchone()


def missing() -> dict[str, int]:
    """By code, how many more signatures came by it than are told or about to be. Within the caller's transaction."""
    found: Counter[str] = Counter()
    with connection.chunked_cursor() as cursor:
        cursor.execute(EARLIER_REFERRALS_SQL)
        for code, came_by, change in cursor:
            if came_by is None:
                found[code] += change
            else:
                found.update(_count_by_code([(came_by, change)]))
    wrong = {code: many for code, many in found.items() if many}
    known = set(Share.objects.filter(code__in=wrong).values_list("code", flat=True))  # the others' signers are erased
    return {code: wrong[code] for code in sorted(known)}

"""Links by which signers pass a statement on, and how many signatures each has brought: counts, and nothing else. What
says through whose link a signature came is taken off it when it counts (docs/decisions/0007-share-links.md)."""

import re
import secrets

from django.db import connection, models

from signatures.models.signature import Signature

CODE = re.compile("[0-9a-f]{10}")

FOLD = """
    WITH gone AS (
        DELETE FROM signatures_shareentry
        WHERE id IN (SELECT id FROM signatures_shareentry ORDER BY id LIMIT 100000 FOR UPDATE SKIP LOCKED)
        RETURNING code
    ), many AS (SELECT code, count(*) AS brought FROM gone GROUP BY code)
    UPDATE signatures_share AS share SET brought = share.brought + many.brought FROM many WHERE share.code = many.code
"""

BROUGHT = """
    SELECT share.code, share.brought + (SELECT count(*) FROM signatures_shareentry WHERE code = share.code)
    FROM signatures_share AS share WHERE share.signature_id = %s
"""


def new_code() -> str:
    return secrets.token_hex(5)


def read_code(text: str) -> str:
    """What stood in the link; empty where it is no code, for a link that was cut in two is nobody's mistake."""
    return text if CODE.fullmatch(text) else ""


class Share(models.Model):
    """Of a signature that is counted, or was. The code is drawn by lot: it tells nobody whose it is."""

    signature = models.OneToOneField(Signature, models.CASCADE, related_name="share")
    code = models.CharField(max_length=16, unique=True, default=new_code)
    brought = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.code


class ShareEntry(models.Model):
    """One more for a code, folded into its row within seconds. No row says from whom, and none outlives the fold, so
    that their order is not laid beside the order of confirming."""

    code = models.CharField(max_length=16, db_index=True)

    def __str__(self) -> str:
        return self.code


def fold_shares() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FOLD)


def brought(signature_id: int) -> tuple[str, int] | None:
    """The signer's code and how many confirmed signatures came by it, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(BROUGHT, [signature_id])
        return cursor.fetchone()

"""Re-encrypts mailboxes with the first FIELD_KEY and renews digests with the first DIGEST_KEY, while the site runs.

It works in small batches, skips locked rows and never waits for a lock, so it is safe to interrupt, to repeat and to
run twice at the same time.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, QuerySet

from signatures.desk.models import Authenticator
from signatures.identity import mailbox, totp_secrets
from signatures.identity.encryption import decrypt_cells
from signatures.mail.models.email import Suppression, try_lock_mailboxes
from signatures.mail.models.mail_event import MailEvent
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.transfers.models.imports import ImportLine

BATCH = 100  # signers whose row is in the batch wait until it is done

RENEW_SQL = """
    WITH new AS (
        SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::text[]) AS new (id, sealed, digest, domain)
    ), mails AS (
        UPDATE signatures_mail AS mail SET mailbox_digest = new.digest
        FROM new WHERE mail.signature_id = new.id AND mail.mailbox_digest IS NOT NULL
    )
    UPDATE signatures_signature AS signature
    SET mailbox = new.sealed, mailbox_digest = new.digest, domain = new.domain, digest_key = %s
    FROM new WHERE signature.id = new.id
"""


@dataclass
class RotationBatch:
    """The result of a batch. `last` is the id after which the next batch starts; None at the end."""

    last: int | None = None
    seen: int = 0
    renewed: int = 0
    busy: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class KeysInUse:
    """The number of digests under each key, by the id of the key, including keys that are no longer listed."""

    first: str
    signatures: Counter[str]
    suppressions: Counter[str]
    invitations: Counter[str]
    lines: Counter[str]
    mail_events: Counter[str]

    def counts(self) -> list[Counter[str]]:
        return [self.signatures, self.suppressions, self.invitations, self.lines, self.mail_events]


def rotate_signatures(*, after: int = 0) -> RotationBatch:
    """Rotates one batch of the signatures that still have a mailbox, in order of id."""
    rows = list(Signature.objects.with_mailbox().filter(id__gt=after).order_by("id")[:BATCH])
    done = RotationBatch(last=rows[-1].id if rows else None, seen=len(rows))
    stale = [row.id for row in rows if not _is_current(row, done)]
    if stale:
        _renew_all(stale, done)
    return done


@transaction.atomic
def rotate_authenticators() -> tuple[int, int]:
    """Rotates the organisers' authenticators in one transaction, because there are few. Returns the number of renewed
    and of unreadable rows."""
    renewed = unreadable = 0
    for row in Authenticator.objects.select_for_update():
        try:
            if not totp_secrets.is_under_newest_key(row.key):
                Authenticator.objects.filter(id=row.id).update(key=totp_secrets.encrypt_secret(row.bin_key))
                renewed += 1
        except ValueError:  # UnreadableSeed, or text that is not hexadecimal
            unreadable += 1
    return renewed, unreadable


def rotate_import_lines(*, after: int = 0) -> tuple[int | None, int, int]:
    """Rotates one batch of lines of unfinished imports. Returns the last id and the number of renewed and of unreadable
    lines."""
    return _renew_batch(ImportLine.objects.filter(id__gt=after, sealed__isnull=False), _renew_line)


@transaction.atomic
def _renew_line(line_id: int) -> int:
    lines = ImportLine.objects.select_for_update(of=("self",)).select_related("of")
    line = lines.filter(id=line_id, sealed__isnull=False).first()
    if line is None or line.sealed is None:
        return 0
    content, new = mailbox.decrypt_address(line.sealed), dict[str, Any]()
    if not mailbox.is_under_newest_key(line.sealed):
        new["sealed"] = mailbox.encrypt_address(content)
    is_stale = line.mailbox_digest and line.digest_key != mailbox.key_id(settings.DIGEST_KEYS[0])
    if is_stale and (line_mailbox := _mailbox_of(line)):
        new["digest_key"], new["mailbox_digest"] = line_mailbox.digest_key, line_mailbox.digest
    return ImportLine.objects.filter(id=line_id).update(**new) if new else 0


def _mailbox_of(line: ImportLine) -> mailbox.Mailbox | None:
    """Returns None if the line has no valid address. It then keeps its digest, and `keys_in_use` counts it."""
    try:
        cells = decrypt_cells(line.sealed or b"")
        return mailbox.parse(cells[line.of.columns.index("email")])
    except (ValueError, IndexError):  # BadMailbox, not JSON, no column for emails, fewer cells than columns
        return None


def _renew_batch(rows: QuerySet[Any], renew: Callable[[int], int]) -> tuple[int | None, int, int]:
    """Renews each row in its own transaction."""
    ids = list(rows.order_by("id").values_list("id", flat=True)[:BATCH])
    renewed = unreadable = 0
    for row_id in ids:
        try:
            renewed += renew(row_id)
        except (InvalidToken, ValueError):
            unreadable += 1
    return (ids[-1] if ids else None), renewed, unreadable


def rotate_referrals(*, after: int = 0) -> tuple[int | None, int, int]:
    """Rotates one batch of the encrypted referral codes of signatures. Returns the last id and the number of renewed
    and of unreadable rows."""
    return _renew_batch(Signature.objects.filter(id__gt=after, came_by__isnull=False), _renew_referral)


@transaction.atomic
def _renew_referral(signature_id: int) -> int:
    """Locks one row only, so that others never wait for more than that."""
    signatures = Signature.objects.select_for_update(of=("self",), no_key=True).only("came_by")
    row = signatures.filter(id=signature_id).first()
    if row is None or row.came_by is None or mailbox.is_under_newest_key(row.came_by):
        return 0
    sealed = mailbox.encrypt_address(mailbox.decrypt_address(row.came_by))
    return Signature.objects.filter(id=signature_id).update(came_by=sealed)


@transaction.atomic
def rotate_invitations() -> tuple[int, int]:
    """Rotates invitations with a mailbox in one transaction. Returns the number of renewed and of unreadable rows."""
    renewed = unreadable = 0
    for row in Invitation.objects.filter(mailbox__isnull=False).select_for_update(of=("self",)).order_by("id"):
        try:
            invited = mailbox.from_address(row.address)
            current = invited.digest_key, invited.digest
        except (InvalidToken, ValueError):
            unreadable += 1
            continue
        stored = row.digest_key, bytes(row.mailbox_digest or b"")
        if stored != current or not mailbox.is_under_newest_key(row.mailbox or b""):
            row.set_mailbox(invited)
            row.save(update_fields=["mailbox", "mailbox_digest", "digest_key"])
            row.mails.filter(mailbox_digest__isnull=False).update(mailbox_digest=row.mailbox_digest)
            renewed += 1
    return renewed, unreadable


def keys_in_use() -> KeysInUse:
    return KeysInUse(
        mailbox.key_id(settings.DIGEST_KEYS[0]),
        _count_by_key(Signature.objects.with_mailbox()),
        _count_by_key(Suppression.objects.all()),
        _count_by_key(Invitation.objects.filter(mailbox__isnull=False)),
        _count_by_key(ImportLine.objects.filter(mailbox_digest__isnull=False)),
        _count_by_key(MailEvent.objects.filter(mailbox_digest__isnull=False)),
    )


def _is_current(row: Signature, done: RotationBatch) -> bool:
    """Returns whether the mailbox is under the first key, and the digest is the one that signing would make today."""
    try:
        signer = mailbox.from_address(row.address)
        current = signer.digest_key, signer.digest, signer.domain_key
    except (InvalidToken, ValueError):
        done.unreadable.append(row.id)
        return True
    stored = (row.digest_key, bytes(row.mailbox_digest or b""), row.domain)
    return stored == current and mailbox.is_under_newest_key(row.mailbox or b"")


@dataclass(frozen=True)
class _RenewedRow:
    """Holds the new values of a locked row, and its present digests."""

    id: int
    old_digests: list[bytes]
    sealed: bytes
    key: str
    digest: bytes
    domain: str

    @classmethod
    def of(cls, row: Signature) -> "_RenewedRow":
        signer = mailbox.from_address(row.address)
        sealed, domain = mailbox.encrypt_address(signer.address), signer.domain_key
        return cls(row.id, row.digests(), sealed, signer.digest_key, signer.digest, domain)


@transaction.atomic
def _renew_all(ids: list[int], done: RotationBatch) -> None:
    """Never waits for a lock, because it takes them in another order than signing, which locks the mailbox first."""
    rows = Signature.objects.with_mailbox().filter(id__in=ids).select_for_update(skip_locked=True, of=("self",))
    renewed = [_RenewedRow.of(row) for row in rows]
    locked = try_lock_mailboxes({digest for new in renewed for digest in new.old_digests})
    to_write = [new for new in renewed if locked.issuperset(new.old_digests)]
    duplicates = [] if _write_rows(to_write) else [new for new in to_write if not _write_rows([new])]
    for new in duplicates:  # these keep their old digest
        Signature.objects.filter(id=new.id).update(mailbox=new.sealed)
    done.busy += sorted(set(ids) - {new.id for new in to_write})
    done.duplicates += [new.id for new in duplicates]
    done.renewed += len(to_write) - len(duplicates)


def _write_rows(rows: list[_RenewedRow]) -> bool:
    """Writes all rows or none. Returns False if another signature of a statement already has one of the new digests."""
    if not rows:
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            columns = [[getattr(row, name) for row in rows] for name in ("id", "sealed", "digest", "domain")]
            cursor.execute(RENEW_SQL, [*columns, rows[0].key])
            _move_suppressions(rows)
    except IntegrityError:
        return False
    return True


def _move_suppressions(rows: list[_RenewedRow]) -> None:
    """Moves suppressions to the new digests. If a mailbox has several, only the latest stays."""
    suppressed = Suppression.objects.among(digest for new in rows for digest in new.old_digests)
    for new in rows:
        if suppressed.intersection(new.old_digests):
            suppressions = Suppression.objects.filter(mailbox_digest__in=new.old_digests)
            newest = suppressions.latest("id")
            suppressions.exclude(id=newest.id).delete()
            Suppression.objects.filter(id=newest.id).update(mailbox_digest=new.digest, digest_key=new.key)


def _count_by_key(rows) -> Counter[str]:
    return Counter(dict(rows.order_by().values_list("digest_key").annotate(count=Count("*"))))

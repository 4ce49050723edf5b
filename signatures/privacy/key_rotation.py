"""Brings mailboxes under the first FIELD_KEY and their digests under the first DIGEST_KEY, while people sign.

A little at a time, past whatever somebody is working on, and never waiting for a lock: safe to interrupt, to repeat
and to run twice at once.
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

BATCH = 100  # a signer whose row is among them waits for that many

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
    """What became of a batch; `last` is the id to go on after, None at the end."""

    last: int | None = None
    seen: int = 0
    renewed: int = 0
    busy: list[int] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class KeysInUse:
    """How many digests are under which key, by its id. A key that is not listed any more is named as well."""

    first: str
    signatures: Counter[str]
    suppressions: Counter[str]
    invitations: Counter[str]
    lines: Counter[str]
    mail_events: Counter[str]

    def counts(self) -> list[Counter[str]]:
        return [self.signatures, self.suppressions, self.invitations, self.lines, self.mail_events]


def rotate(*, after: int = 0) -> RotationBatch:
    """One batch of the signatures that still have their mailbox, by id."""
    rows = list(Signature.objects.with_mailbox().filter(id__gt=after).order_by("id")[:BATCH])
    done = RotationBatch(last=rows[-1].id if rows else None, seen=len(rows))
    stale = [row.id for row in rows if not _is_current(row, done)]
    if stale:
        _renew_all(stale, done)
    return done


@transaction.atomic
def rotate_authenticators() -> tuple[int, int]:
    """Organisers' too, all at once, for they are few: how many were renewed, and how many no listed key reads."""
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
    """One batch of the lines of files that still wait: the last id, how many were renewed, how many no key reads."""
    return _renew_batch(ImportLine.objects.filter(id__gt=after, sealed__isnull=False), _renew_line)


@transaction.atomic
def _renew_line(line_id: int) -> int:
    found = ImportLine.objects.select_for_update(of=("self",)).select_related("of")
    line = found.filter(id=line_id, sealed__isnull=False).first()
    if line is None or line.sealed is None:
        return 0
    content, new = mailbox.decrypt_address(line.sealed), dict[str, Any]()
    if not mailbox.is_under_newest_key(line.sealed):
        new["sealed"] = mailbox.encrypt_address(content)
    is_stale = line.mailbox_digest and line.digest_key != mailbox.key_id(settings.DIGEST_KEYS[0])
    if is_stale and (by := _mailbox_of(line)):
        new["digest_key"], new["mailbox_digest"] = by.digest_key, by.digest
    return ImportLine.objects.filter(id=line_id).update(**new) if new else 0


def _mailbox_of(line: ImportLine) -> mailbox.Mailbox | None:
    """None where the line holds no address that is valid today: it keeps its digest, and `keys_in_use` counts it."""
    try:
        cells = decrypt_cells(line.sealed or b"")
        return mailbox.parse(cells[line.of.columns.index("email")])
    except (ValueError, IndexError):  # BadMailbox; not JSON; no column for it; fewer cells than columns
        return None


def _renew_batch(left: QuerySet[Any], renew: Callable[[int], int]) -> tuple[int | None, int, int]:
    """Row by row, each in a transaction of its own."""
    ids = list(left.order_by("id").values_list("id", flat=True)[:BATCH])
    renewed = unreadable = 0
    for row_id in ids:
        try:
            renewed += renew(row_id)
        except (InvalidToken, ValueError):
            unreadable += 1
    return (ids[-1] if ids else None), renewed, unreadable


def rotate_referrals(*, after: int = 0) -> tuple[int | None, int, int]:
    """One batch of by which link signatures came: the last id, how many were renewed, how many no key reads."""
    return _renew_batch(Signature.objects.filter(id__gt=after, came_by__isnull=False), _renew_referral)


@transaction.atomic
def _renew_referral(signature_id: int) -> int:
    """The row is locked; whoever works on it makes this wait, and nobody waits for more than this one row."""
    found = Signature.objects.select_for_update(of=("self",), no_key=True).only("came_by")
    row = found.filter(id=signature_id).first()
    if row is None or row.came_by is None or mailbox.is_under_newest_key(row.came_by):
        return 0
    sealed = mailbox.encrypt_address(mailbox.decrypt_address(row.came_by))
    return Signature.objects.filter(id=signature_id).update(came_by=sealed)


@transaction.atomic
def rotate_invitations() -> tuple[int, int]:
    """Those that the site mails, all at once: how many were renewed, and how many no listed key reads."""
    renewed = unreadable = 0
    for row in Invitation.objects.filter(mailbox__isnull=False).select_for_update(of=("self",)).order_by("id"):
        try:
            found = mailbox.from_address(row.address)
            current = found.digest_key, found.digest
        except (InvalidToken, ValueError):
            unreadable += 1
            continue
        stored = row.digest_key, bytes(row.mailbox_digest or b"")
        if stored != current or not mailbox.is_under_newest_key(row.mailbox or b""):
            row.set_mailbox(found)
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
    """Its mailbox is under the first key, and its digest is what signing would make of it today."""
    try:
        found = mailbox.from_address(row.address)
        current = found.digest_key, found.digest, found.domain_key
    except (InvalidToken, ValueError):
        done.unreadable.append(row.id)
        return True
    stored = (row.digest_key, bytes(row.mailbox_digest or b""), row.domain)
    return stored == current and mailbox.is_under_newest_key(row.mailbox or b"")


@dataclass(frozen=True)
class _RenewedRow:
    """What a locked row is to become."""

    id: int
    known: list[bytes]
    sealed: bytes
    key: str
    digest: bytes
    domain: str

    @classmethod
    def of(cls, row: Signature) -> "_RenewedRow":
        found = mailbox.from_address(row.address)
        sealed, domain = mailbox.encrypt_address(found.address), found.domain_key
        return cls(row.id, row.digests(), sealed, found.digest_key, found.digest, domain)


@transaction.atomic
def _renew_all(ids: list[int], done: RotationBatch) -> None:
    """Signing takes the mailbox's lock before the row's; here it is the other way round, so nothing here waits."""
    rows = Signature.objects.with_mailbox().filter(id__in=ids).select_for_update(skip_locked=True, of=("self",))
    found = [_RenewedRow.of(row) for row in rows]
    free = try_lock_mailboxes({digest for new in found for digest in new.known})
    ours = [new for new in found if free.issuperset(new.known)]
    shared = [] if _write_rows(ours) else [new for new in ours if not _write_rows([new])]
    for new in shared:  # it keeps its old digest, and stays what it is
        Signature.objects.filter(id=new.id).update(mailbox=new.sealed)
    done.busy += sorted(set(ids) - {new.id for new in ours})
    done.shared += [new.id for new in shared]
    done.renewed += len(ours) - len(shared)


def _write_rows(ours: list[_RenewedRow]) -> bool:
    """All or none. False where another signature of a statement has one of the new digests already."""
    if not ours:
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            columns = [[getattr(new, name) for new in ours] for name in ("id", "sealed", "digest", "domain")]
            cursor.execute(RENEW_SQL, [*columns, ours[0].key])
            _move_suppressions(ours)
    except IntegrityError:
        return False
    return True


def _move_suppressions(ours: list[_RenewedRow]) -> None:
    """To the new digest. Where there are several for one mailbox, the one that came last stays."""
    suppressed = Suppression.objects.among(digest for new in ours for digest in new.known)
    for new in ours:
        if suppressed.intersection(new.known):
            found = Suppression.objects.filter(mailbox_digest__in=new.known)
            newest = found.latest("id")
            found.exclude(id=newest.id).delete()
            Suppression.objects.filter(id=newest.id).update(mailbox_digest=new.digest, digest_key=new.key)


def _count_by_key(rows) -> Counter[str]:
    return Counter(dict(rows.order_by().values_list("digest_key").annotate(many=Count("*"))))

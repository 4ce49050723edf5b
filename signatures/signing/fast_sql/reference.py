"""Implements the statements of this package with the ORM: easier to read, but slower.

The product does not call them. tests/signing/test_fast_sql.py gives both the same rows and compares their results and
the rows that they leave.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from signatures.mail.models.email import Mail, Suppression, lock_mailbox
from signatures.signing.fast_sql.sign import OVERWRITTEN_FIELDS, SignResult
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature
from signatures.statements.models.switch import Switch

State = Signature.State
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@transaction.atomic
def enter(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> SignResult:
    lock_mailbox(digests)
    existing = _of_mailbox(signature, digests)
    is_suppressed = Suppression.objects.cover(digests)
    turn = Mail.objects.next_allowed_at(digests, now)
    is_new = existing is None and not is_suppressed
    if is_new:
        signature.save(force_insert=True)
        mail.signature, mail.due_at, mail.next_attempt_at = signature, turn, turn
        mail.save(force_insert=True)
    state = existing.state if existing and not is_suppressed else None
    return SignResult(is_new, state, turn <= now)


@transaction.atomic
def go_on(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> bool:
    lock_mailbox(digests)
    existing = _of_mailbox(signature, digests)
    if existing is None or Suppression.objects.cover(digests):
        return False
    turn = Mail.objects.next_allowed_at(digests, now)
    may_be_emailed = turn <= now
    if existing.state == State.WITHDRAWN or (existing.state == State.PENDING and may_be_emailed):
        mail.kind, mail.priority = Mail.Kind.CONFIRM, Mail.Priority.FIRST
        _begin_again(existing, signature)
    elif existing.state in (State.CONFIRMED, State.HELD) and may_be_emailed:
        mail.kind, mail.priority = Mail.Kind.ALREADY_SIGNED, Mail.Priority.LATER
    else:
        return False
    mail.signature, mail.due_at, mail.next_attempt_at = existing, turn, turn
    mail.language, mail.generation, mail.mailbox_digest = (
        existing.language,
        existing.generation,
        existing.mailbox_digest,
    )
    mail.save(force_insert=True)
    return True


def _of_mailbox(signature: Signature, digests: Sequence[bytes]) -> Signature | None:
    same = Signature.objects.filter(statement=signature.statement_id, mailbox_digest__in=digests)
    return same.select_for_update(of=("self",)).first()


def _begin_again(existing: Signature, signature: Signature) -> None:
    """Stores the newest details and keeps flags and a moderator's settings."""
    for name in OVERWRITTEN_FIELDS:
        field = Signature._meta.get_field(name).attname  # type: ignore[union-attr]
        setattr(existing, field, getattr(signature, field))
    existing.state, existing.notable = State.PENDING, False
    existing.generation += 1
    existing.via = "" if existing.confirmed_at else signature.via
    existing.flags = [*existing.flags, *(flag for flag in signature.flags if flag not in existing.flags)]
    existing.save()


def look(signature_id: int) -> Signature | None:
    signature = Signature.objects.filter(id=signature_id).first()
    if signature is not None:
        on = Switch.objects.of(signature.statement_id).order_by(F("statement").asc(nulls_first=True))
        signature.switches_on = list(on.values("name", "told"))  # type: ignore[attr-defined]
    return signature


@transaction.atomic
def win(signature: Signature, *, seen: Sequence[str], state: str, confirmed_at: datetime | None) -> bool:
    still = Signature.objects.filter(
        id=signature.id, state=State.PENDING, generation=signature.generation, flags=list(seen)
    )
    is_won = still.update(
        state=state, confirmed_at=confirmed_at, flags=signature.flags, resembles=signature.resembles_id
    )
    if is_won and state == State.CONFIRMED:
        Share.objects.get_or_create(signature_id=signature.id)
    return bool(is_won)

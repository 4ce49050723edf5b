"""The statements of this package, written with the ORM: easier to read, and slower.

The product does not call them. tests/signing/test_fast_sql.py gives both the same rows and compares what they answer and leave.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from signatures.mail.models.email import Mail, Suppression, lock_mailbox
from signatures.signing.fast_sql.sign import SAID, SignResult
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature
from signatures.statements.models.switch import Switch

State = Signature.State
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@transaction.atomic
def enter(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> SignResult:
    lock_mailbox(digests)
    known = _of_mailbox(signature, digests)
    is_suppressed = Suppression.objects.cover(digests)
    turn = Mail.objects.next_allowed_at(digests, now)
    is_new = known is None and not is_suppressed
    if is_new:
        signature.save(force_insert=True)
        mail.signature, mail.due_at, mail.next_attempt_at = signature, turn, turn
        mail.save(force_insert=True)
    state = known.state if known and not is_suppressed else None
    return SignResult(is_new, state, turn <= now)


@transaction.atomic
def go_on(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> bool:
    lock_mailbox(digests)
    known = _of_mailbox(signature, digests)
    if known is None or Suppression.objects.cover(digests):
        return False
    turn = Mail.objects.next_allowed_at(digests, now)
    may_be_emailed = turn <= now
    if known.state == State.WITHDRAWN or (known.state == State.PENDING and may_be_emailed):
        mail.kind, mail.priority = Mail.Kind.CONFIRM, Mail.Priority.FIRST
        _begin_again(known, signature)
    elif known.state in (State.CONFIRMED, State.HELD) and may_be_emailed:
        mail.kind, mail.priority = Mail.Kind.ALREADY_SIGNED, Mail.Priority.LATER
    else:
        return False
    mail.signature, mail.due_at, mail.next_attempt_at = known, turn, turn
    mail.language, mail.generation, mail.mailbox_digest = known.language, known.generation, known.mailbox_digest
    mail.save(force_insert=True)
    return True


def _of_mailbox(signature: Signature, digests: Sequence[bytes]) -> Signature | None:
    same = Signature.objects.filter(statement=signature.statement_id, mailbox_digest__in=digests)
    return same.select_for_update(of=("self",)).first()


def _begin_again(known: Signature, signature: Signature) -> None:
    """The newest details; flags and what a moderator has set stay."""
    for name in SAID:
        field = Signature._meta.get_field(name).attname  # type: ignore[union-attr]
        setattr(known, field, getattr(signature, field))
    known.state, known.notable = State.PENDING, False
    known.generation += 1
    known.via = "" if known.confirmed_at else signature.via
    known.flags = [*known.flags, *(flag for flag in signature.flags if flag not in known.flags)]
    known.save()


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

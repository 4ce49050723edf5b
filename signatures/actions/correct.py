from copy import copy
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from signatures.actions.audit import write_down
from signatures.actions.post import lock_with_mailbox, post_in_turn
from signatures.models import AuditEntry, Mail, Phrase, ProtectedName, Signature, Verdict, verdict

State = Signature.State


@transaction.atomic
def correct(*, signature_id: int, name: str, credit: str, now: datetime, quotation: str | None = None) -> Signature:
    """The signer's own correction. It passes the same verdict as a confirmation; while it is looked at, the old name
    and credit stay shown. Only a notable is quoted; None leaves the quotation as it is."""
    signature = lock_with_mailbox(signature_id)
    if quotation is None or not signature.notable:
        quotation = signature.quotation
    if (name, credit, quotation) == (signature.name, signature.credit, signature.quotation):
        _drop_proposal(signature)
    elif signature.state in (State.CONFIRMED, State.HELD):
        wanted = _as_wanted(signature, name, credit)
        is_held = verdict(wanted, now) == Verdict.HELD
        signature.resembles_id = wanted.resembles_id
        if is_held and signature.state == State.CONFIRMED:
            signature.proposed_name, signature.proposed_credit, signature.proposed_at = name, credit, now
            signature.proposed_quotation = quotation
            signature.asked_at = None
        else:
            signature.flags = wanted.flags if signature.state == State.HELD else signature.flags
            _apply(signature, name, credit, quotation)
    signature.save()
    return signature


@transaction.atomic
def quote(*, signature_id: int, quotation: str, actor: User, reason: str, now: datetime) -> bool:
    """An organiser writes down what a notable said; empty takes it off. Whether that changed anything."""
    signature = lock_with_mailbox(signature_id)
    if not signature.notable or signature.quotation == quotation:
        return False
    signature.quotation = quotation
    signature.save(update_fields=["quotation"])
    write_down(
        AuditEntry.Action.QUOTE, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement
    )
    return True


@transaction.atomic
def accept_correction(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Like `refuse_correction`, returns whether there was one to decide."""
    signature = lock_with_mailbox(signature_id)
    if signature.proposed_at is None:
        return False
    _apply(signature, signature.proposed_name, signature.proposed_credit, signature.proposed_quotation)
    signature.checked_name = signature.name
    _decided(signature, AuditEntry.Action.ACCEPT_CORRECTION, actor, reason, now)
    return True


@transaction.atomic
def refuse_correction(
    *, signature_id: int, actor: User, reason: str, now: datetime, phrase: Phrase | None = None
) -> bool:
    signature = lock_with_mailbox(signature_id)
    if signature.proposed_at is None:
        return False
    _drop_proposal(signature)
    _decided(signature, AuditEntry.Action.REFUSE_CORRECTION, actor, reason, now, phrase)
    return True


def _as_wanted(signature: Signature, name: str, credit: str) -> Signature:
    wanted = copy(signature)
    wanted.rename(name)
    wanted.credit = credit
    return wanted


def _apply(signature: Signature, name: str, credit: str, quotation: str) -> None:
    """A changed name is not the one whose identity was checked."""
    if name != signature.name:
        signature.forget_check()
    signature.rename(name)
    signature.credit, signature.quotation = credit, quotation
    _forget_proposal(signature)


def _drop_proposal(signature: Signature) -> None:
    """It stays what it is, and so whom it could pass for."""
    if signature.proposed_at is not None:
        _forget_proposal(signature)
        signature.resembles = ProtectedName.objects.resembled_by(signature)


def _forget_proposal(signature: Signature) -> None:
    signature.proposed_name, signature.proposed_credit, signature.proposed_at = "", "", None
    signature.proposed_quotation, signature.asked_at = "", None


def _decided(
    signature: Signature,
    action: AuditEntry.Action,
    actor: User,
    reason: str,
    now: datetime,
    phrase: Phrase | None = None,
) -> None:
    signature.save()
    write_down(
        action, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement, phrase=phrase
    )
    post_in_turn(signature, Mail.Kind.CORRECTION_DECIDED, now=now)

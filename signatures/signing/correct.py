from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import write_down
from signatures.identity.website import Website
from signatures.mail.models.email import Mail
from signatures.mail.outbox import lock_with_mailbox, post_in_turn
from signatures.review.decide import decision_on
from signatures.review.models.canned_reply import Phrase
from signatures.review.models.protected_name import ProtectedName
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import once_for_each_organisation

State = Signature.State
SHOWN = "name", "credit", "quotation", "website"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a signer says now. None leaves as it is; only a notable is quoted, and only an organisation has the rest."""

    name: str
    credit: str
    quotation: str | None = None
    website: Website | None = None
    officer: str | None = None
    officer_post: str | None = None


@transaction.atomic
def correct(*, signature_id: int, now: datetime, **said: Any) -> Signature:
    """The signer's own correction, as `Correction`. It passes the same verdict as a confirmation; while it is looked
    at, the old name, credit and website stay shown. Who signs for an organisation, nobody sees: changed at once."""
    signature = lock_with_mailbox(signature_id)
    asked = Correction(**said)
    wanted = _as_asked(signature, asked)
    if signature.is_organisation and signature.state in (State.CONFIRMED, State.HELD):
        signature.officer = _or(asked.officer, signature.officer)
        signature.officer_post = _or(asked.officer_post, signature.officer_post)
    if all(getattr(wanted, field) == getattr(signature, field) for field in SHOWN):
        _drop_proposal(signature)
    elif signature.state in (State.CONFIRMED, State.HELD):
        _judge(signature, wanted, now)
    signature.save()
    return signature


def _judge(signature: Signature, wanted: Signature, now: datetime) -> None:
    decision = decision_on(wanted, now=now, moves_domain=_moves(signature, wanted))
    signature.resembles_id = decision.resembles_id
    if decision.is_held and signature.state == State.CONFIRMED:
        signature.forget_proposal()
        for field in SHOWN:
            setattr(signature, f"proposed_{field}", getattr(wanted, field))
        signature.proposed_at = now
        return
    if signature.state == State.HELD:
        signature.flags = decision.flags
    _apply(signature, wanted)


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
    """Like `refuse_correction`, returns whether there was one to decide. OrganisationCounted where a colleague of
    theirs is, at the domain to which they go."""
    signature = lock_with_mailbox(signature_id)
    if signature.proposed_at is None:
        return False
    _apply(signature, signature.as_wanted())
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


def _as_asked(signature: Signature, asked: Correction) -> Signature:
    """Under another domain, nobody has looked at it yet."""
    wanted = copy(signature)
    wanted.rename(asked.name)
    wanted.credit = asked.credit
    if asked.quotation is not None and signature.notable:
        wanted.quotation = asked.quotation
    if asked.website is not None and signature.is_organisation:
        wanted.move_to(asked.website)
    if _moves(signature, wanted):
        wanted.checked_name = ""
    return wanted


def _moves(signature: Signature, wanted: Signature) -> bool:
    """To another domain; or to another page where many share one."""
    if wanted.website == signature.website:
        return False
    return wanted.website_domain == "" or wanted.website_domain != signature.website_domain


def _apply(signature: Signature, wanted: Signature) -> None:
    """A changed name is not the one whose identity was checked, nor is one at another domain."""
    if wanted.name != signature.name or _moves(signature, wanted):
        signature.forget_check()
    signature.checked_name = wanted.checked_name
    signature.rename(wanted.name)
    for field in (*SHOWN, "website_domain"):
        setattr(signature, field, getattr(wanted, field))
    signature.forget_proposal()


def _or(said: str | None, known: str) -> str:
    return known if said is None else said


def _drop_proposal(signature: Signature) -> None:
    """It stays what it is, and so whom it could pass for."""
    if signature.proposed_at is not None:
        signature.forget_proposal()
        signature.resembles = ProtectedName.objects.resembled_by(signature)


def _decided(
    signature: Signature,
    action: AuditEntry.Action,
    actor: User,
    reason: str,
    now: datetime,
    phrase: Phrase | None = None,
) -> None:
    with once_for_each_organisation(signature):
        signature.save()
    write_down(
        action, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement, phrase=phrase
    )
    post_in_turn(signature, Mail.Kind.CORRECTION_DECIDED, now=now)

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.identity.website import Website
from signatures.review.decide import decision_on, resembled_name
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature

State = Signature.State
PUBLIC_FIELDS = "name", "credit", "quotation", "website"


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
    signature = lock_signature_and_mailbox(signature_id)
    asked = Correction(**said)
    wanted = _with_correction(signature, asked)
    if signature.is_organisation and signature.state in (State.CONFIRMED, State.HELD):
        signature.officer = _given_or_current(asked.officer, signature.officer)
        signature.officer_post = _given_or_current(asked.officer_post, signature.officer_post)
    if all(getattr(wanted, field) == getattr(signature, field) for field in PUBLIC_FIELDS):
        _discard_proposal(signature)
    elif signature.state in (State.CONFIRMED, State.HELD):
        _apply_verdict(signature, wanted, now)
    signature.save()
    return signature


def _apply_verdict(signature: Signature, wanted: Signature, now: datetime) -> None:
    decision = decision_on(wanted, now=now, moves_domain=_changes_domain(signature, wanted))
    signature.resembles_id = decision.resembles_id
    if decision.is_held and signature.state == State.CONFIRMED:
        signature.clear_proposal()
        for field in PUBLIC_FIELDS:
            setattr(signature, f"proposed_{field}", getattr(wanted, field))
        signature.proposed_at = now
        return
    if signature.state == State.HELD:
        signature.flags = decision.flags
    _apply(signature, wanted)


@transaction.atomic
def quote(*, signature_id: int, quotation: str, actor: User, reason: str, now: datetime) -> bool:
    """An organiser writes down what a notable said; empty takes it off. Whether that changed anything."""
    signature = lock_signature_and_mailbox(signature_id)
    if not signature.notable or signature.quotation == quotation:
        return False
    signature.quotation = quotation
    signature.save(update_fields=["quotation"])
    record_audit_entry(
        AuditEntry.Action.QUOTE, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement
    )
    return True


def _with_correction(signature: Signature, asked: Correction) -> Signature:
    """Under another domain, nobody has looked at it yet."""
    wanted = copy(signature)
    wanted.rename(asked.name)
    wanted.credit = asked.credit
    if asked.quotation is not None and signature.notable:
        wanted.quotation = asked.quotation
    if asked.website is not None and signature.is_organisation:
        wanted.set_website(asked.website)
    if _changes_domain(signature, wanted):
        wanted.checked_name = ""
    return wanted


def _changes_domain(signature: Signature, wanted: Signature) -> bool:
    """To another domain; or to another page where many share one."""
    if wanted.website == signature.website:
        return False
    return wanted.website_domain == "" or wanted.website_domain != signature.website_domain


def _apply(signature: Signature, wanted: Signature) -> None:
    """A changed name is not the one whose identity was checked, nor is one at another domain."""
    if wanted.name != signature.name or _changes_domain(signature, wanted):
        signature.clear_identity_check()
    signature.checked_name = wanted.checked_name
    signature.rename(wanted.name)
    for field in (*PUBLIC_FIELDS, "website_domain"):
        setattr(signature, field, getattr(wanted, field))
    signature.clear_proposal()


def _given_or_current(said: str | None, known: str) -> str:
    return known if said is None else said


def _discard_proposal(signature: Signature) -> None:
    """It stays what it is, and so whom it could pass for."""
    if signature.proposed_at is not None:
        signature.clear_proposal()
        signature.resembles = resembled_name(signature)

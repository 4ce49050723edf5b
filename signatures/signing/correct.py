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
    """The new values. None keeps a value. Only notables have a quotation; only organisations have the last three."""

    name: str
    credit: str
    quotation: str | None = None
    website: Website | None = None
    officer: str | None = None
    officer_post: str | None = None


@transaction.atomic
def correct(*, signature_id: int, now: datetime, **fields: Any) -> Signature:
    """Applies the signer's own correction; `fields` are those of `Correction`. It gets the same verdict as a
    confirmation. While it is held, the old values stay shown. An organisation's officer is never shown and changes
    immediately."""
    signature = lock_signature_and_mailbox(signature_id)
    correction = Correction(**fields)
    corrected = _with_correction(signature, correction)
    if signature.is_organisation and signature.state in (State.CONFIRMED, State.HELD):
        signature.officer = _given_or_current(correction.officer, signature.officer)
        signature.officer_post = _given_or_current(correction.officer_post, signature.officer_post)
    if all(getattr(corrected, field) == getattr(signature, field) for field in PUBLIC_FIELDS):
        _discard_proposal(signature)
    elif signature.state in (State.CONFIRMED, State.HELD):
        _apply_verdict(signature, corrected, now)
    signature.save()
    return signature


def _apply_verdict(signature: Signature, corrected: Signature, now: datetime) -> None:
    decision = decision_on(corrected, now=now, moves_domain=_changes_domain(signature, corrected))
    signature.resembles_id = decision.resembles_id
    if decision.is_held and signature.state == State.CONFIRMED:
        signature.clear_proposal()
        for field in PUBLIC_FIELDS:
            setattr(signature, f"proposed_{field}", getattr(corrected, field))
        signature.proposed_at = now
        return
    if signature.state == State.HELD:
        signature.flags = decision.flags
    _apply(signature, corrected)


@transaction.atomic
def quote(*, signature_id: int, quotation: str, actor: User, reason: str, now: datetime) -> bool:
    """Sets a notable's quotation for an organiser; empty removes it. Returns whether anything changed."""
    signature = lock_signature_and_mailbox(signature_id)
    if not signature.notable or signature.quotation == quotation:
        return False
    signature.quotation = quotation
    signature.save(update_fields=["quotation"])
    record_audit_entry(
        AuditEntry.Action.QUOTE, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement
    )
    return True


def _with_correction(signature: Signature, correction: Correction) -> Signature:
    """Returns a corrected copy. At another domain it counts as unchecked."""
    corrected = copy(signature)
    corrected.rename(correction.name)
    corrected.credit = correction.credit
    if correction.quotation is not None and signature.notable:
        corrected.quotation = correction.quotation
    if correction.website is not None and signature.is_organisation:
        corrected.set_website(correction.website)
    if _changes_domain(signature, corrected):
        corrected.checked_name = ""
    return corrected


def _changes_domain(signature: Signature, corrected: Signature) -> bool:
    """Returns whether the website moves to another domain, or to another page on a shared domain."""
    if corrected.website == signature.website:
        return False
    return corrected.website_domain == "" or corrected.website_domain != signature.website_domain


def _apply(signature: Signature, corrected: Signature) -> None:
    """Copies the correction to the signature. A new name or domain removes the identity check."""
    if corrected.name != signature.name or _changes_domain(signature, corrected):
        signature.clear_identity_check()
    signature.checked_name = corrected.checked_name
    signature.rename(corrected.name)
    for field in (*PUBLIC_FIELDS, "website_domain"):
        setattr(signature, field, getattr(corrected, field))
    signature.clear_proposal()


def _given_or_current(given: str | None, current: str) -> str:
    return current if given is None else given


def _discard_proposal(signature: Signature) -> None:
    """Removes the proposal and restores which protected name the signature resembles."""
    if signature.proposed_at is not None:
        signature.clear_proposal()
        signature.resembles = resembled_name(signature)

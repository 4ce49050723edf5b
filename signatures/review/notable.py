"""Makes signatories notable after an organiser, or two if the statement asks for that, has checked their identity."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.review.decide_correction import accept_correction
from signatures.review.models.identity_check import Check
from signatures.review.models.protected_name import ProtectedName
from signatures.review.moderate import approve
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature

Action, State = AuditEntry.Action, Signature.State


@transaction.atomic
def mark_notable(*, signature_id: int, actor: User, reason: str, method: str, now: datetime, url: str = "") -> bool:
    """Records how the identity was checked; `url` is the address of a public post. Only a confirmed signature can be
    notable. If the statement needs a second moderator, the signature waits for a colleague."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.is_erased or signature.notable or signature.state != State.CONFIRMED:
        return False
    record_identity_check(signature, actor=actor, reason=reason, method=method, url=url, now=now)
    return True


@transaction.atomic
def give_second_approval(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Seconds the check of a colleague. Returns False for the moderator who made the check, and if none waits."""
    signature = lock_signature_and_mailbox(signature_id)
    check = Check.objects.filter(signature=signature, seconded_by=None).exclude(made_by=actor).first()
    if check is None or signature.notable or signature.state != State.CONFIRMED:
        return False
    check.seconded_by, check.seconded_at = actor, now
    check.save(update_fields=["seconded_by", "seconded_at"])
    _record_audit_entry(Action.MARK_NOTABLE, signature, actor, reason, now, after=check.method)
    make_notable(signature, check)
    return True


@transaction.atomic
def approve_as_notable(
    *, signature_id: int, actor: User, reason: str, method: str, now: datetime, url: str = ""
) -> bool:
    """Accepts what waits and marks the signer as notable, in one step. Returns False if nothing waited."""
    accept = approve if lock_signature_and_mailbox(signature_id).state == State.HELD else accept_correction
    is_done = accept(signature_id=signature_id, actor=actor, reason=reason, now=now)
    if is_done:
        mark_notable(signature_id=signature_id, actor=actor, reason=reason, method=method, url=url, now=now)
    return is_done


@transaction.atomic
def unmark_notable(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    signature = lock_signature_and_mailbox(signature_id)
    if signature.is_erased or not (signature.notable or Check.objects.filter(signature=signature).exists()):
        return False
    signature.clear_identity_check()
    signature.save(update_fields=["notable", "checked_how"])
    _record_audit_entry(Action.UNMARK_NOTABLE, signature, actor, reason, now)
    return True


def record_identity_check(
    signature: Signature, *, actor: User, reason: str, method: str, now: datetime, url: str = ""
) -> None:
    """Stores a check. The caller has locked the signature."""
    check = Check(signature=signature, method=CheckMethod(method), url=url, made_by=actor, made_at=now)
    Check.objects.filter(signature=signature).delete()
    check.save(force_insert=True)
    if signature.statement.needs_second_yes:
        _record_audit_entry(Action.CHECK_IDENTITY, signature, actor, reason, now, after=check.method)
    else:
        _record_audit_entry(Action.MARK_NOTABLE, signature, actor, reason, now, after=check.method)
        make_notable(signature, check)


def make_notable(signature: Signature, check: Check) -> None:
    """Marks the signature as notable, and protects its name on every statement."""
    signature.notable, signature.checked_how = True, check.method
    signature.save(update_fields=["notable", "checked_how"])
    protected_name = ProtectedName(
        name=signature.name, written=signature.name, source=ProtectedName.Source.NOTABLE, signature=signature
    )
    ProtectedName.objects.protect([protected_name])


def _record_audit_entry(
    action: AuditEntry.Action, signature: Signature, actor: User, reason: str, now: datetime, after: str = ""
) -> None:
    record_audit_entry(
        action, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement, after=after
    )

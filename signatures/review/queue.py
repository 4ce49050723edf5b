"""The review queue. Each moderator gets one signature at a time, and no two moderators get the same one."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.models.email import Mail
from signatures.mail.outbox import queue_email_within_caps
from signatures.review.models.canned_reply import Phrase
from signatures.review.models.lease import Lease, Skip
from signatures.review.stale_check import DecisionFunction, decide_if_unchanged
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature, SignatureQuerySet


class LeasedByColleague(Exception):
    """Is raised if a colleague is reviewing the signature at the moment."""


def lease_next(
    *, moderator: User, signatures: SignatureQuerySet, now: datetime, excluded_ids: Collection[int] = ()
) -> Signature | None:
    """Leases the next of `signatures` to this moderator. Returns None if nothing is left. `excluded_ids` are on the
    moderator's screen already."""
    return Lease.objects.lease_next(
        signatures.due_for_review(now), holder=moderator, now=now, excluded_ids=excluded_ids
    )


@transaction.atomic
def decide(
    *, signature_id: int, moderator: User, now: datetime, decision: DecisionFunction, face: str = "", **details
) -> bool:
    """Runs a decision while this moderator has the lease, and ends the lease. Returns False if there was nothing left
    to decide."""
    lock_signature_and_mailbox(signature_id)  # always before the lease, so that locks are taken in one order
    if not Lease.objects.lease_one(signature_id, holder=moderator, now=now):
        raise LeasedByColleague
    is_done = decide_if_unchanged(decision, signature_id=signature_id, face=face, actor=moderator, now=now, **details)
    Lease.objects.filter(signature=signature_id).delete()
    return is_done


@transaction.atomic
def skip_signature(*, signature_id: int, actor: User, now: datetime) -> bool:
    """Leaves the signature to a colleague. The signature does not change, so there is no audit entry."""
    Skip.objects.update_or_create(signature_id=signature_id, moderator=actor, defaults={"at": now})
    return True


def return_skipped(*, moderator: User) -> None:
    Skip.objects.filter(moderator=moderator).delete()


@transaction.atomic
def request_proof(*, signature_id: int, actor: User, reason: str, phrase: Phrase, now: datetime) -> bool:
    """Emails the question of `phrase`. The signature leaves the queue until the answer, or for a week."""
    signature = lock_signature_and_mailbox(signature_id)
    if not signature.is_awaiting_review or signature.mailbox is None:
        return False
    signature.asked_at = now
    signature.save(update_fields=["asked_at"])
    record_audit_entry(
        AuditEntry.Action.ASK_FOR_PROOF, actor=actor, reason=reason, now=now, signature=signature, phrase=phrase,
        statement=signature.statement,
    )  # fmt: skip
    queue_email_within_caps(signature, Mail.Kind.PROOF_ASKED, now=now)
    return True

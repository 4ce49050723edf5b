"""The review queue: each moderator gets one signature at a time, and nobody else gets the same."""

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
from signatures.review.stale_check import Decision, as_seen
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature, SignatureQuerySet


class LeasedByColleague(Exception):
    """A colleague looks at it now."""


def lease_next(
    *, moderator: User, waiting: SignatureQuerySet, now: datetime, beside: Collection[int] = ()
) -> Signature | None:
    """The next of `waiting` for this moderator, leased; None where nothing is left. `beside` is on their screen."""
    return Lease.objects.take(waiting.due_for_review(now), holder=moderator, now=now, beside=beside)


@transaction.atomic
def decide(*, signature_id: int, moderator: User, now: datetime, decision: Decision, face: str = "", **said) -> bool:
    """Runs one of the acts on a signature while it is this moderator's, and gives it back. False where there was
    nothing left to decide."""
    lock_signature_and_mailbox(
        signature_id
    )  # first, as everywhere: the lease of a signature is taken by who holds its row
    if not Lease.objects.hold(signature_id, holder=moderator, now=now):
        raise LeasedByColleague
    is_done = as_seen(decision, signature_id=signature_id, face=face, actor=moderator, now=now, **said)
    Lease.objects.filter(signature=signature_id).delete()
    return is_done


@transaction.atomic
def skip(*, signature_id: int, actor: User, now: datetime) -> bool:
    """Left to a colleague. Nothing about the signature changes, so nothing is written down."""
    Skip.objects.update_or_create(signature_id=signature_id, moderator=actor, defaults={"at": now})
    return True


def look_again(*, moderator: User) -> None:
    Skip.objects.filter(moderator=moderator).delete()


@transaction.atomic
def request_proof(*, signature_id: int, actor: User, reason: str, phrase: Phrase, now: datetime) -> bool:
    """Mails the question of `phrase`; until the answer, or for a week, it stands in nobody's queue."""
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

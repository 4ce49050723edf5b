"""Bulk decisions: one decision about a part of the review queue. The worker decides each signature in a transaction of
its own, in the same way as a single decision. After a kill at any moment, the next task continues."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.review.decide_correction import accept_correction, refuse_correction
from signatures.review.models.batch import BulkDecision, BulkItem
from signatures.review.models.canned_reply import Phrase
from signatures.review.moderate import approve, reject, restore
from signatures.review.queue import LeasedByColleague, decide, request_proof
from signatures.review.stale_check import StaleDecision
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import FACE, Signature, SignatureQuerySet
from signatures.signing.organisation_uniqueness import OrganisationAlreadyCounted
from signatures.statements.models.statement import Statement
from signatures.web.time_boxed import Clock, run_until

Kind, Status, Outcome = BulkDecision.Kind, BulkDecision.Status, BulkItem.Outcome
Action, State = AuditEntry.Action, Signature.State

MAX_SIGNATURES = 20_000  # in one decision
INSERT_BATCH_SIZE = 2000
MAX_RUN_TIME = timedelta(seconds=25)  # then the next task continues; well below the time limit of a task
RESTORED_FIELDS = "flags", "checked_name", "confirmed_at", "asked_at"


@transaction.atomic
def start_bulk_decision(
    *,
    signatures: SignatureQuerySet,
    expected_count: int,
    kind: BulkDecision.Kind,
    phrase: Phrase | None,
    statement: Statement | None,
    about: str,
    actor: User,
    reason: str,
    now: datetime,
) -> BulkDecision:
    """Starts the decision; the worker does the rest. `expected_count` is the number that the moderator saw. Never more
    are decided, and a signature that enters the queue later is not touched."""
    rows = list(signatures.due_for_review(now).order_by("id").only("id", *FACE)[: min(expected_count, MAX_SIGNATURES)])
    bulk = BulkDecision.objects.create(
        kind=kind, phrase=phrase, statement=statement, about=about, reason=reason, author=actor, created_at=now,
        many=len(rows),
    )  # fmt: skip
    items = (BulkItem(bulk=bulk, signature_id=row.id, face=row.face) for row in rows)
    BulkItem.objects.bulk_create(items, batch_size=INSERT_BATCH_SIZE)
    record_audit_entry(
        Action.DECIDE_MANY, statement=statement, actor=actor, reason=reason, now=now, count=bulk.many, after=kind,
        about=bulk,
    )  # fmt: skip
    return bulk


@transaction.atomic
def undo_bulk_decision(*, bulk_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Starts the undo: each signature becomes what it was, except where someone has decided about it since."""
    undoable = BulkDecision.objects.filter(id=bulk_id, status__in=[Status.APPLIED, Status.APPLYING]).exclude(
        kind=Kind.ASK
    )
    has_begun = undoable.update(status=Status.UNDOING, undone_by=actor, undo_reason=reason, ended_at=None)
    if has_begun:
        bulk = BulkDecision.objects.select_related("statement").get(id=bulk_id)
        record_audit_entry(
            Action.UNDO_MANY, statement=bulk.statement, actor=actor, reason=reason, now=now, count=bulk.many,
            before=bulk.kind, about=bulk,
        )  # fmt: skip
    return bool(has_begun)


def work_on_bulk_decisions(*, clock: Clock) -> bool:
    """Works until nothing is left or the time is up. Returns whether something is left to do."""
    return run_until(_process_next, clock=clock, stop_at=clock() + MAX_RUN_TIME)


@transaction.atomic
def _process_next(now: datetime) -> bool:
    """Processes one signature. Skips a decision that another worker has locked."""
    running = BulkDecision.objects.filter(status__in=[Status.APPLYING, Status.UNDOING]).order_by("id")
    locked = running.select_for_update(skip_locked=True, of=("self",), no_key=True)
    bulk = locked.select_related("author", "undone_by", "phrase").first()
    if bulk is None:
        return False
    is_applying = bulk.status == Status.APPLYING
    todo = Outcome.WAITING if is_applying else Outcome.DONE
    item = bulk.items.filter(outcome=todo).order_by("id").first()
    if item is None:
        bulk.status, bulk.ended_at = Status.APPLIED if is_applying else Status.UNDONE, now
        bulk.save(update_fields=["status", "ended_at"])
    elif is_applying:
        _decide_item(bulk, item, now)
    else:
        item.outcome = Outcome.RESTORED if _undo_item(bulk, item, now) else Outcome.KEPT
        item.save(update_fields=["outcome"])
    return True


def _decide_item(bulk: BulkDecision, item: BulkItem, now: datetime) -> None:
    """Leaves a signature that a colleague reviews or has decided, one that its signer has changed, and one whose
    organisation counts already."""
    signature = lock_signature_and_mailbox(item.signature_id)
    for field in RESTORED_FIELDS:
        setattr(item, field, getattr(signature, field))
    try:
        decision, arguments = _action_for(bulk, signature)
        is_done = decide(
            signature_id=signature.id, moderator=bulk.author, now=now, face=item.face, decision=decision, **arguments
        )
    except (StaleDecision, LeasedByColleague, OrganisationAlreadyCounted):
        is_done = False
    item.outcome, item.decided_at = Outcome.DONE if is_done else Outcome.LEFT, now
    item.save()


def _action_for(bulk: BulkDecision, signature: Signature) -> tuple[Callable[..., bool], dict[str, Any]]:
    """Returns the function of the same decision in the queue, and its arguments."""
    arguments: dict[str, Any] = {"reason": bulk.reason}
    is_held = signature.state == State.HELD
    if bulk.kind == Kind.APPROVE:
        return approve if is_held else accept_correction, arguments
    arguments["phrase"] = bulk.phrase
    if bulk.kind == Kind.ASK:
        return request_proof, arguments
    return reject if is_held else refuse_correction, arguments


def _undo_item(bulk: BulkDecision, item: BulkItem, now: datetime) -> bool:
    """Undoes only if this was the last act on the signature. A decided correction stays: the old name is gone."""
    signature = lock_signature_and_mailbox(item.signature_id)
    last = signature.audit.latest("id")
    if (last.actor_id, last.created_at) != (bulk.author_id, item.decided_at) or bulk.undone_by is None:
        return False
    by: dict[str, Any] = {"actor": bulk.undone_by, "reason": bulk.undo_reason, "now": now}
    if last.action == Action.REJECT:
        is_restored = restore(signature_id=signature.id, **by)
        if is_restored:  # the rejection ended the question for proof, and a restored signature has it again
            Signature.objects.filter(id=signature.id).update(asked_at=item.asked_at)
        return is_restored
    if last.action == Action.APPROVE and signature.state == State.CONFIRMED:
        _hold_signature_again(signature, item, **by)
        return True
    return False


def _hold_signature_again(signature: Signature, item: BulkItem, *, actor: User, reason: str, now: datetime) -> None:
    """An approval email that is not sent yet is cancelled: the mail worker checks the state before it sends."""
    signature.state = State.HELD
    for field in RESTORED_FIELDS:
        setattr(signature, field, getattr(item, field))
    signature.save(update_fields=["state", *RESTORED_FIELDS])
    record_audit_entry(
        Action.HOLD, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement,
        before=State.CONFIRMED, after=State.HELD,
    )  # fmt: skip

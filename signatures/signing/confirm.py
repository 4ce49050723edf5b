from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from signatures.review.decide import decision_on
from signatures.review.verdict import Verdict
from signatures.signing.fast_sql.confirm import win
from signatures.signing.invite import take_up
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import OrganisationCounted, once_for_each_organisation
from signatures.signing.referrals import settle_share
from signatures.web.limits import CONFIRM_WITHIN
from signatures.web.tokens import Ticket

State = Signature.State


class Standing(StrEnum):
    """What a confirmation link can still do."""

    READY = "ready"
    USED = "used"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    GONE = "gone"


def standing(signature: Signature, ticket: Ticket, *, generation: int, now: datetime) -> Standing:
    """`generation` is what the button's form carries; the ticket's own on a GET."""
    if signature.state in (State.CONFIRMED, State.HELD):
        return Standing.USED
    if signature.state != State.PENDING:
        return Standing.GONE
    if signature.generation != ticket.generation or signature.generation != generation:
        return Standing.SUPERSEDED
    if ticket.is_older_than(CONFIRM_WITHIN, now=now):
        return Standing.EXPIRED
    return Standing.READY


def confirm(
    *, ticket: Ticket, generation: int, now: datetime, signature: Signature | None = None
) -> tuple[Signature, Standing]:
    """Confirms, once. READY comes back to the one caller whose press did it; all others learn what the link is now.

    `signature`: as the caller has just read it.
    """
    signature = signature or Signature.objects.get(id=ticket.subject_id)
    while (found := standing(signature, ticket, generation=generation, now=now)) == Standing.READY:
        if _win(signature, now):
            break
        signature.refresh_from_db()
    return signature, found


def _win(signature: Signature, now: datetime) -> bool:
    """Whether nobody else was quicker. What was looked at is what is confirmed: whoever changes a pending signature
    raises its generation or, as a rule does, its flags."""
    seen = signature.flags
    with suppress(OrganisationCounted), once_for_each_organisation(signature):
        return _try_to_win(signature, seen, now)
    # A colleague was counted at this very moment, which the verdict sees now.
    return _try_to_win(signature, seen, now)


def _try_to_win(signature: Signature, seen: Sequence[str], now: datetime) -> bool:
    with transaction.atomic() if signature.via or signature.invitation_id else nullcontext():
        decision = decision_on(signature, now=now)
        is_notable = decision.state == Verdict.NOTABLE
        signature.flags = [] if is_notable else decision.flags
        signature.resembles_id = decision.resembles_id
        state = State.HELD if decision.is_held else State.CONFIRMED
        confirmed_at = None if decision.is_held else now
        won = win(signature, seen=seen, state=state, confirmed_at=confirmed_at)
        if won:
            signature.state, signature.confirmed_at = state, confirmed_at
        if won and is_notable:
            take_up(signature=signature, now=now)
        if won and state == State.CONFIRMED and signature.via:
            settle_share(signature)
    return won

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from signatures.review.accept_invitation import accept_invitation
from signatures.review.decide import decision_on
from signatures.signing.fast_sql.confirm import win
from signatures.signing.limits import CONFIRMATION_VALID_FOR
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import OrganisationAlreadyCounted, unique_organisation
from signatures.signing.referrals import create_share_link
from signatures.web.tokens import LinkToken

State = Signature.State


class LinkStatus(StrEnum):
    """What a confirmation link can still do."""

    READY = "ready"
    USED = "used"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    GONE = "gone"


def standing(signature: Signature, ticket: LinkToken, *, generation: int, now: datetime) -> LinkStatus:
    """`generation` is what the button's form carries; the ticket's own on a GET."""
    if signature.state in (State.CONFIRMED, State.HELD):
        return LinkStatus.USED
    if signature.state != State.PENDING:
        return LinkStatus.GONE
    if signature.generation != ticket.generation or signature.generation != generation:
        return LinkStatus.SUPERSEDED
    if ticket.is_older_than(CONFIRMATION_VALID_FOR, now=now):
        return LinkStatus.EXPIRED
    return LinkStatus.READY


def confirm(
    *, ticket: LinkToken, generation: int, now: datetime, signature: Signature | None = None
) -> tuple[Signature, LinkStatus]:
    """Confirms, once. READY comes back to the one caller whose press did it; all others learn what the link is now.

    `signature`: as the caller has just read it.
    """
    signature = signature or Signature.objects.get(id=ticket.subject_id)
    while (found := standing(signature, ticket, generation=generation, now=now)) == LinkStatus.READY:
        if _confirm_if_unchanged(signature, now):
            break
        signature.refresh_from_db()
    return signature, found


def _confirm_if_unchanged(signature: Signature, now: datetime) -> bool:
    """Whether nobody else was quicker. What was looked at is what is confirmed: whoever changes a pending signature
    raises its generation or, as a rule does, its flags."""
    seen = signature.flags
    with suppress(OrganisationAlreadyCounted), unique_organisation(signature):
        return _try_to_confirm(signature, seen, now)
    # A colleague was counted at this very moment, which the verdict sees now.
    return _try_to_confirm(signature, seen, now)


def _try_to_confirm(signature: Signature, seen: Sequence[str], now: datetime) -> bool:
    with transaction.atomic() if signature.via or signature.invitation_id else nullcontext():
        decision = decision_on(signature, now=now)
        is_notable = decision.is_notable
        signature.flags = [] if is_notable else decision.flags
        signature.resembles_id = decision.resembles_id
        state = State.HELD if decision.is_held else State.CONFIRMED
        confirmed_at = None if decision.is_held else now
        won = win(signature, seen=seen, state=state, confirmed_at=confirmed_at)
        if won:
            signature.state, signature.confirmed_at = state, confirmed_at
        if won and is_notable:
            accept_invitation(signature=signature, now=now)
        if won and state == State.CONFIRMED and signature.via:
            create_share_link(signature)
    return won

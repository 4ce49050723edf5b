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
    """Describes the status of a confirmation link."""

    READY = "ready"
    USED = "used"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    GONE = "gone"


def standing(signature: Signature, ticket: LinkToken, *, generation: int, now: datetime) -> LinkStatus:
    """Returns the link's status. `generation` comes from the button's form, or from the ticket on a GET."""
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
    """Confirms at most once. Only the caller that confirmed gets READY; all others get the current status of the link.

    `signature` is the row as the caller has just read it.
    """
    signature = signature or Signature.objects.get(id=ticket.subject_id)
    while (status := standing(signature, ticket, generation=generation, now=now)) == LinkStatus.READY:
        if _confirm_if_unchanged(signature, now):
            break
        signature.refresh_from_db()
    return signature, status


def _confirm_if_unchanged(signature: Signature, now: datetime) -> bool:
    """Returns whether this call confirmed it. Confirms only the row that was read: every change to a pending signature
    changes its generation or its flags."""
    seen = signature.flags
    with suppress(OrganisationAlreadyCounted), unique_organisation(signature):
        return _try_to_confirm(signature, seen, now)
    # Another signature of the organisation was counted in the meantime. The second verdict sees it.
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

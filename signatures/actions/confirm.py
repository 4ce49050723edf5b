from datetime import datetime
from enum import StrEnum

from django.db import transaction

from signatures.actions.share import settle_share
from signatures.limits import CONFIRM_WITHIN
from signatures.models import Signature, verdict
from signatures.tokens import Ticket

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


@transaction.atomic
def confirm(*, ticket: Ticket, generation: int, now: datetime) -> tuple[Signature, Standing]:
    """Confirms, once. READY comes back to the one caller whose press did it; all others learn what the link is now."""
    signature = (
        Signature.objects.select_for_update(of=("self",)).select_related("statement").get(id=ticket.signature_id)
    )
    found = standing(signature, ticket, generation=generation, now=now)
    if found == Standing.READY:
        signature.state = verdict(signature, now).value
        signature.confirmed_at = now if signature.state == State.CONFIRMED else None
        signature.save(update_fields=["state", "confirmed_at", "flags"])
        if signature.state == State.CONFIRMED:
            settle_share(signature)
    return signature, found

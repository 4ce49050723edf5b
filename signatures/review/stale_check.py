"""An optimistic check: a decision applies only to the content that the moderator saw."""

from collections.abc import Callable

from django.db import transaction

from signatures.signing.lock import lock_signature_and_mailbox

DecisionFunction = Callable[..., bool]


class StaleDecision(Exception):
    """Raised if the signer has changed the signature since the moderator saw it. Nothing was changed."""


@transaction.atomic
def decide_if_unchanged(decision: DecisionFunction, *, signature_id: int, face: str, **details) -> bool:
    """Runs the decision if the content is unchanged. `face` is the hash of the content that was shown, or empty."""
    if face and lock_signature_and_mailbox(signature_id).face != face:
        raise StaleDecision
    return decision(signature_id=signature_id, **details)

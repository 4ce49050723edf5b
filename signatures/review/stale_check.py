"""A decision is about what was looked at. What its signer has put in its place since, nobody has decided about."""

from collections.abc import Callable

from django.db import transaction

from signatures.signing.lock import lock_signature_and_mailbox

Decision = Callable[..., bool]


class StaleDecision(Exception):
    """It says something else by now: nothing was done."""


@transaction.atomic
def as_seen(decision: Decision, *, signature_id: int, face: str, **said) -> bool:
    """`face` is that of the signature as it was shown; empty where it was not."""
    if face and lock_signature_and_mailbox(signature_id).face != face:
        raise StaleDecision
    return decision(signature_id=signature_id, **said)

"""Reads the inputs of a verdict from the database, takes the lock that it needs, and returns the decision."""

from datetime import datetime

from signatures.identity import search_keys
from signatures.review.models.protected_name import ProtectedName
from signatures.review.verdict import Candidate, Decision, verdict
from signatures.review.verdict_query import query_verdict_inputs
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature

State = Signature.State


def decision_on(signature: Signature, *, now: datetime, moves_domain: bool = False) -> Decision:
    """Decides about a signature that is being confirmed, or about a correction that is applied to it in memory. Changes
    neither.

    Locks the signature's invitation until the end of the transaction: if two people use one link at the same moment,
    only the first is accepted.
    """
    is_invited = _is_invited(signature, now)
    candidate = candidate_of(signature, now=now, is_invited=is_invited, moves_domain=moves_domain)
    return verdict(candidate, query_verdict_inputs(candidate))


def candidate_of(
    signature: Signature, *, now: datetime, is_invited: bool = False, moves_domain: bool = False
) -> Candidate:
    return Candidate(
        id=signature.id,
        statement_id=signature.statement_id,
        now=now,
        name=signature.name,
        is_pending=signature.state == State.PENDING,
        is_organisation=signature.is_organisation,
        credit=signature.credit,
        website_domain=signature.website_domain,
        mail_domain=signature.mail_domain,
        domain=signature.domain,
        network=signature.network,
        flags=tuple(signature.flags),
        checked_name=signature.checked_name,
        resembles_id=signature.resembles_id,
        is_imported=signature.imported_id is not None,
        is_invited=is_invited,
        moves_domain=moves_domain,
    )


def resembled_name(signature: Signature) -> ProtectedName | None:
    """The protected name that the signature's name resembles."""
    return ProtectedName.objects.resembled_by(signature)


def _is_invited(signature: Signature, now: datetime) -> bool:
    """True if no one else has used the invitation, and the signature has the invited name."""
    if signature.invitation_id is None:
        return False
    invitation = Invitation.objects.select_for_update().get(id=signature.invitation_id)
    is_free = signature.state == State.PENDING and invitation.is_usable(now)
    is_own_or_free = invitation.signature_id == signature.id or is_free
    is_same_statement = invitation.statement_id == signature.statement_id
    return is_own_or_free and is_same_statement and search_keys.search_key(invitation.name) == signature.search_key

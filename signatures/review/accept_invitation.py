"""This module makes an invited person notable when they sign."""

from datetime import datetime

from django.db import transaction

from signatures.review.notable import record_identity_check
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature


@transaction.atomic
def accept_invitation(*, signature: Signature, now: datetime) -> None:
    """Marks the signature notable. The verdict has matched it with the invitation and locked the invitation's row."""
    invitation = Invitation.objects.select_related("invited_by").get(id=signature.invitation_id or 0)
    Invitation.objects.filter(id=invitation.id).update(signature=signature)
    Signature.objects.filter(id=signature.id).update(checked_name=signature.name)
    check = {"reason": str(CheckMethod.INVITATION.label), "method": CheckMethod.INVITATION}
    record_identity_check(signature, actor=invitation.invited_by, now=now, **check)

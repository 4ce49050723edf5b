from django.db import transaction

from signatures.signing.models.signature import Signature


@transaction.atomic
def set_visibility(*, signature_id: int, visibility: str) -> None:
    """Sets the signer's choice. A signature that a moderator hid stays hidden: this does not change `hidden_at`."""
    Signature.objects.filter(id=signature_id, erased_at__isnull=True).update(visibility=visibility)

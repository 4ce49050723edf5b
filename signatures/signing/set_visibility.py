from django.db import transaction

from signatures.signing.models.signature import Signature


@transaction.atomic
def set_visibility(*, signature_id: int, visibility: str) -> None:
    """The signer's alone. What a moderator hid stays hidden: that is `hidden_at`, which nothing here touches."""
    Signature.objects.filter(id=signature_id, erased_at__isnull=True).update(visibility=visibility)

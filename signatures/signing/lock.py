"""The lock that every change of a signature takes."""

from signatures.mail.models.email import lock_mailbox
from signatures.signing.models.signature import Signature


def lock_signature_and_mailbox(signature_id: int) -> Signature:
    """Locks the mailbox, then the row. Signing locks in the same order, which prevents deadlocks."""
    lock_mailbox(Signature.objects.only("mailbox", "mailbox_digest").get(id=signature_id).digests())
    return Signature.objects.select_for_update(of=("self",)).select_related("statement").get(id=signature_id)

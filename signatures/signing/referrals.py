from signatures.identity.mailbox import encrypt_address
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature


def create_share_link(signature: Signature) -> None:
    """Creates the share link of a signature in the transaction that makes it count, and credits the link that it came
    by. The code of that link is encrypted from then on."""
    Share.objects.bulk_create([Share(signature=signature)], ignore_conflicts=True)
    if not signature.via:
        return
    of_this_statement = Share.objects.filter(signature__statement=signature.statement_id, signature__counted=True)
    if of_this_statement.filter(code=signature.via).exclude(signature=signature).exists():
        signature.came_by = encrypt_address(signature.via)
    signature.via = ""
    signature.save(update_fields=["via", "came_by"])

"""What an organisation needs besides a confirmed mailbox: a mandate, and that no other signature counts for it."""

from signatures.models.flags import Flag
from signatures.models.signature import Signature


def note_mandate(signature: Signature) -> None:
    """Puts into its flags, without saving, what is missing now, and takes out what no longer is."""
    known = [flag for flag in signature.flags if flag not in (Flag.MANDATE, Flag.SIGNED_BEFORE)]
    if not signature.has_mandate and not _was_looked_at(signature):
        known.append(Flag.MANDATE)
    if Signature.objects.counted().of_organisation(signature).exists():
        known.append(Flag.SIGNED_BEFORE)
    signature.flags = known


def _was_looked_at(signature: Signature) -> bool:
    """By a moderator, under this very name, and not signed anew since."""
    return signature.state != Signature.State.PENDING and signature.name == signature.checked_name

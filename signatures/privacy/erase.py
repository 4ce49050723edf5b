"""Erasure of a signer's data, on their own request or when its time is over."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail, Suppression
from signatures.review.models.batch import BulkItem
from signatures.review.models.identity_check import Check
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.rule import RuleMark
from signatures.signing.invite import erase_invitation_mailboxes, erase_invitees
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_logo import delete_logos
from signatures.signing.withdraw import record_departure
from signatures.transfers.models.imports import ImportLine


@transaction.atomic
def erase(*, signature_id: int, now: datetime) -> None:
    signature = lock_signature_and_mailbox(signature_id)
    if not signature.is_erased:
        record_departure(signature, AuditEntry.Action.ERASE, now)
        digests = signature.digests()
        ImportLine.objects.exclude_mailboxes(digests)
        erase_invitees(Invitation.objects.filter(statement=signature.statement_id, mailbox_digest__in=digests), now)
        anonymise(Signature.objects.filter(id=signature_id), now)


def anonymise(due: QuerySet[Signature], now: datetime) -> None:
    """Removes the signers' data from every table. `due` must filter only on columns that this leaves unchanged."""
    delete_logos(Signature.objects.filter(pk__in=due).exclude(logo="").values_list("logo", flat=True))
    Signature.objects.filter(pk__in=due).erase(now)
    Mail.objects.filter(signature__in=due).cancel_and_clear()
    ProtectedName.objects.filter(signature__in=due).delete()
    Check.objects.filter(signature__in=due).delete()
    erase_invitees(Invitation.objects.filter(signature__in=due), now)
    Share.objects.filter(signature__in=due).delete()
    RuleMark.objects.filter(signature__in=due).delete()
    BulkItem.objects.filter(signature__in=due).delete()


@transaction.atomic
def not_me(*, signature_id: int, now: datetime) -> None:
    """Erases the signature of a mailbox that somebody else typed, and stops email to it. Only the digest stays."""
    signature = lock_signature_and_mailbox(signature_id)
    digests = signature.digests()
    if signature.mailbox_digest is not None:
        Suppression.objects.suppress(signature, Suppression.Reason.NOT_ME, now=now)
    erase(signature_id=signature_id, now=now)
    erase_invitation_mailboxes(Invitation.objects.filter(mailbox_digest__in=digests))

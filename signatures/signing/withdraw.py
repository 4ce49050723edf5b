"""Withdrawal, erasure, unsubscribing, and the download of a signer's data."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.outbox import lock_signature_and_mailbox
from signatures.review.models.batch import BulkItem
from signatures.review.models.identity_check import Check
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.rule import RuleMark
from signatures.signing.invite import erase_invitation_mailboxes, erase_invitees
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.share import Share, brought
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_logo import delete_logos
from signatures.transfers.models.imports import ImportLine

State = Signature.State


@transaction.atomic
def withdraw(*, signature_id: int, now: datetime) -> None:
    """Stops counting and showing the signature. The same mailbox may sign again, unless a moderator rejected it."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.state in (State.REJECTED, State.WITHDRAWN):
        return
    _record_audit_entry(signature, AuditEntry.Action.WITHDRAW, now)
    signature.state = State.WITHDRAWN
    signature.clear_identity_check()
    delete_logos([signature.logo])
    signature.via = signature.logo = ""
    signature.clear_proposal()
    signature.save()


@transaction.atomic
def erase(*, signature_id: int, now: datetime) -> None:
    signature = lock_signature_and_mailbox(signature_id)
    if not signature.is_erased:
        _record_audit_entry(signature, AuditEntry.Action.ERASE, now)
        digests = signature.digests()
        ImportLine.objects.spare(digests)
        erase_invitees(Invitation.objects.filter(statement=signature.statement_id, mailbox_digest__in=digests), now)
        anonymise(Signature.objects.filter(id=signature_id), now)


def anonymise(due: QuerySet[Signature], now: datetime) -> None:
    """Removes the signers' data from every table. `due` must filter only on columns that this leaves unchanged."""
    delete_logos(Signature.objects.filter(pk__in=due).exclude(logo="").values_list("logo", flat=True))
    Signature.objects.filter(pk__in=due).erase(now)
    Mail.objects.filter(signature__in=due).let_go()
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


@transaction.atomic
def unsubscribe(*, signature_id: int, now: datetime) -> None:
    """Stops email to the mailbox. Its signatures stay."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.mailbox_digest is not None:
        Signature.objects.filter(id=signature_id).update(updates=False)
        Suppression.objects.suppress(signature, Suppression.Reason.NO_MAIL, now=now)


@transaction.atomic
def set_updates(*, signature_id: int, updates: bool) -> None:
    """Turns email about updates on or off. Other email does not change."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.mailbox_digest is not None:
        Signature.objects.filter(id=signature_id).update(updates=updates)


def _record_audit_entry(signature: Signature, action: AuditEntry.Action, now: datetime) -> None:
    """Records why a count goes down."""
    record_audit_entry(
        action,
        statement=signature.statement,
        signature=signature,
        actor=None,
        reason="",
        now=now,
        before=signature.state,
    )


def collect_personal_data(*, signature: Signature) -> dict[str, Any]:
    """Returns all data kept about a signer, ready for JSON."""
    fields = (
        "name",
        "credit",
        "quotation",
        "organisation",
        "website",
        "officer",
        "officer_post",
        "kind",
        "language",
        "state",
        "visibility",
        "updates",
        "notable",
    )
    return {
        "statement": signature.statement.slug,
        **{field: getattr(signature, field) for field in fields},
        "sector": signature.sector.slug,
        "email": signature.address,
        "version": {"language": signature.version.language, "sha256": signature.version.digest},
        "flags": signature.flags,
        "came_by": signature.referrer_code,
        "brought_from": signature.imported.source if signature.imported else None,
        "share": _share(signature),
        "hidden_at": _iso_format(signature.hidden_at),
        "signed_at": _iso_format(signature.created_at),
        "confirmed_at": _iso_format(signature.confirmed_at),
        "proposed": _proposed_correction(signature),
        "mails": [
            {
                "kind": mail.kind,
                "status": mail.status,
                "created_at": _iso_format(mail.created_at),
                "sent_at": _iso_format(mail.sent_at),
            }
            for mail in signature.mails.order_by("id")
        ],
    }


def _proposed_correction(signature: Signature) -> dict[str, str] | None:
    if signature.proposed_at is None:
        return None
    return {field: getattr(signature, f"proposed_{field}") for field in ("name", "credit", "quotation", "website")}


def _share(signature: Signature) -> dict[str, Any] | None:
    row = brought(signature.pk)
    return {"code": row[0], "brought": row[1]} if row else None


def _iso_format(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

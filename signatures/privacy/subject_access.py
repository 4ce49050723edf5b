"""Everything that is held about one mailbox: the answer to whoever asks, and the proof that nothing is left."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q

from signatures.audit.models import AuditEntry
from signatures.identity import mailbox
from signatures.identity.encryption import decrypt_cells
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.models.mail_event import MailEvent
from signatures.review.models.batch import BulkItem
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.rule import RuleMark
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.transfers.models.imports import ImportLine


def find_person(*, of: mailbox.Mailbox) -> dict[str, list[dict[str, Any]]]:
    """Rows by what they are, ready for JSON; without those kinds of which there are none.

    A stored field that a model gets is in here by itself. Organisers are not named: an answer goes to the signer.
    """
    digests = of.digests
    signatures = Signature.objects.from_mailbox(of).select_related("statement", "sector", "version").order_by("id")
    invitations = Invitation.objects.filter(mailbox_digest__in=digests).order_by("id")
    theirs = Q(signature__in=signatures) | Q(mailbox_digest__in=digests) | Q(invitation__in=invitations)
    mails = Mail.objects.filter(theirs).order_by("id")
    audit = AuditEntry.objects.filter(Q(signature__in=signatures) | Q(reason__icontains=of.address)).order_by("id")
    lines = ImportLine.objects.filter(mailbox_digest__in=digests).select_related("of__statement").order_by("id")
    found = {
        "signatures": [_signature_as_dict(row) for row in signatures],
        "invitations": [{**_row_as_dict(row, "invited_by"), "mailbox": row.address} for row in invitations],
        "mails": [_row_as_dict(row) for row in mails.select_related("signature")],
        "suppressions": [_row_as_dict(row) for row in Suppression.objects.filter(mailbox_digest__in=digests)],
        "mail_events": [_row_as_dict(row) for row in MailEvent.objects.filter(mailbox_digest__in=digests)],
        "protected_names": [_row_as_dict(row) for row in ProtectedName.objects.filter(signature__in=signatures)],
        "rules": [
            _row_as_dict(row) for row in RuleMark.objects.filter(signature__in=signatures).select_related("rule")
        ],
        "decided_with_many": [_row_as_dict(row) for row in BulkItem.objects.filter(signature__in=signatures)],
        "imports": [_import_line_as_dict(row) for row in lines],
        "audit": [_row_as_dict(row, "actor") for row in audit.select_related("statement")],
        "accounts": [
            {"username": user.username, "email": user.email, "last_login": user.last_login}
            for user in User.objects.filter(email__iexact=of.address)
        ],
        "contact_of": [{"statement": each.slug} for each in Statement.objects.filter(contact__iexact=of.address)],
    }
    return {kind: rows for kind, rows in found.items() if rows}


def count_unreachable_rows() -> int:
    """How many signatures, invitations, suppressed mailboxes, lines of imports and reports of a mail service no look-up
    finds: the key of their digest is not listed."""
    listed = [mailbox.key_id(key) for key in settings.DIGEST_KEYS]
    signatures = Signature.objects.with_mailbox().exclude(digest_key__in=listed)
    invitations = Invitation.objects.filter(mailbox__isnull=False).exclude(digest_key__in=listed)
    suppressions = Suppression.objects.exclude(digest_key__in=["", *listed])
    lines = ImportLine.objects.filter(mailbox_digest__isnull=False).exclude(digest_key__in=listed)
    events = MailEvent.objects.filter(mailbox_digest__isnull=False).exclude(digest_key__in=listed)
    return sum(rows.count() for rows in (signatures, invitations, suppressions, lines, events))


def _row_as_dict(row: Model, *without: str) -> dict[str, Any]:
    return {field.name: _plain_value(row, field) for field in row._meta.concrete_fields if field.name not in without}


def _signature_as_dict(row: Signature) -> dict[str, Any]:
    return {**_row_as_dict(row), "mailbox": row.address, "came_by": row.referrer_code}


def _import_line_as_dict(row: ImportLine) -> dict[str, Any]:
    """Of a file that still waits, with what it says."""
    cells = decrypt_cells(row.sealed) if row.sealed else []
    return {"statement": str(row.of.statement), "from": row.of.source, **_row_as_dict(row, "sealed"), "cells": cells}


def _plain_value(row: Model, field: Any) -> Any:
    if field.is_relation and field.related_model is not Signature:
        with suppress(ObjectDoesNotExist):  # a protected name that is deleted
            related = getattr(row, field.name)
            return None if related is None else str(related)
        return None
    value = getattr(row, field.attname)
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value

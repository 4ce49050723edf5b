"""Collects everything that is stored about one mailbox, for subject access requests and as proof of an erasure."""

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


def find_person(*, person_mailbox: mailbox.Mailbox) -> dict[str, list[dict[str, Any]]]:
    """Returns the rows by kind, ready for JSON, without empty kinds.

    New stored fields are included automatically. Organisers are not named, because the answer goes to the signer.
    """
    digests = person_mailbox.digests
    signatures = (
        Signature.objects.from_mailbox(person_mailbox).select_related("statement", "sector", "version").order_by("id")
    )
    invitations = Invitation.objects.filter(mailbox_digest__in=digests).order_by("id")
    is_to_person = Q(signature__in=signatures) | Q(mailbox_digest__in=digests) | Q(invitation__in=invitations)
    mails = Mail.objects.filter(is_to_person).order_by("id")
    audit = AuditEntry.objects.filter(
        Q(signature__in=signatures) | Q(reason__icontains=person_mailbox.address)
    ).order_by("id")
    lines = ImportLine.objects.filter(mailbox_digest__in=digests).select_related("of__statement").order_by("id")
    rows_by_kind = {
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
            for user in User.objects.filter(email__iexact=person_mailbox.address)
        ],
        "contact_of": [
            {"statement": statement.slug}
            for statement in Statement.objects.filter(contact__iexact=person_mailbox.address)
        ],
    }
    return {kind: rows for kind, rows in rows_by_kind.items() if rows}


def count_unreachable_rows() -> int:
    """Counts the rows that no search finds, because the key of their digest is not listed: signatures, invitations,
    suppressed mailboxes, lines of imports, reports of a mail service."""
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
    """Includes the cells of the line while the import is not finished."""
    cells = decrypt_cells(row.sealed) if row.sealed else []
    return {"statement": str(row.of.statement), "from": row.of.source, **_row_as_dict(row, "sealed"), "cells": cells}


def _plain_value(row: Model, field: Any) -> Any:
    if field.is_relation and field.related_model is not Signature:
        with suppress(ObjectDoesNotExist):  # a deleted protected name
            related = getattr(row, field.name)
            return None if related is None else str(related)
        return None
    value = getattr(row, field.attname)
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value

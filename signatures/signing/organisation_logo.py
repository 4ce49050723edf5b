"""Logos of organisations. An organiser uploads and checks a logo; it is deleted with its signature."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import logo_path


@transaction.atomic
def set_logo(*, signature_id: int, logo: ContentFile | None, actor: User, reason: str, now: datetime) -> bool:
    """Sets the logo; None removes it. Returns False if nothing changes or the organisation is not counted."""
    signature = lock_signature_and_mailbox(signature_id)
    if not signature.may_have_logo or not (logo or signature.logo):
        return False
    delete_logos([signature.logo])
    path = logo_path(signature.statement_id, logo.name or "") if logo else ""
    signature.logo = default_storage.save(path, logo) if logo else ""
    signature.save(update_fields=["logo"])
    record_audit_entry(
        AuditEntry.Action.SET_LOGO, actor=actor, reason=reason, now=now, signature=signature,
        statement=signature.statement, after="" if logo else "none",
    )  # fmt: skip
    return True


def delete_logos(names: Collection[str]) -> None:
    """Deletes the files after commit, when no row refers to them."""
    for name in filter(None, names):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)

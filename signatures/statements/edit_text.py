import hashlib
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.statements.models.statement import Statement
from signatures.statements.models.version import Translation, Version
from signatures.web.markdown import to_html


class ReasonRequired(ValueError):
    """Raised if a text that people have confirmed is changed without a reason. The page shows the reason."""


@transaction.atomic
def edit_text(
    *,
    statement: Statement,
    language: str,
    title: str,
    text: str,
    now: datetime,
    addressee: str = "",
    reason: str = "",
    actor: User | None = None,
) -> Translation:
    """Sets title and text in one language. A changed text is saved as a new version; a changed title is not."""
    Statement.objects.select_for_update().get(id=statement.id)
    translation = Translation.objects.select_related("version").filter(statement=statement, language=language).first()
    if translation is None:
        translation = Translation(statement=statement, language=language)
        translation.version = _create_version(statement, language, text, reason="", now=now)
    elif needs_reason(translation, text) and not reason:
        raise ReasonRequired
    elif translation.version.text != text:
        translation.version = _create_version(statement, language, text, reason=reason, now=now)
        record_audit_entry(
            AuditEntry.Action.REWORD, actor=actor, reason=reason, now=now, statement=statement, after=language
        )
    translation.title, translation.addressee = title, addressee
    translation.save()
    return translation


def needs_reason(translation: Translation, text: str) -> bool:
    return translation.version.text != text and has_confirmed_signatures(translation.statement)


def has_confirmed_signatures(statement: Statement) -> bool:
    return statement.signatures.filter(confirmed_at__isnull=False).exists()


def _create_version(statement: Statement, language: str, text: str, *, reason: str, now: datetime) -> Version:
    return Version.objects.create(
        statement=statement,
        language=language,
        text=text,
        html=to_html(text),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        reason=reason,
        created_at=now,
    )

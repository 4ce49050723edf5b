"""Creates, publishes and retracts updates of a statement."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.statements.models.statement import Statement
from signatures.statements.models.update import Update, UpdateTranslation
from signatures.web.markdown import to_html

Action = AuditEntry.Action


@transaction.atomic
def create_update(*, statement: Statement, now: datetime) -> Update:
    """Creates a draft with the statement's next number."""
    Statement.objects.select_for_update().get(id=statement.id)
    last = Update.objects.of(statement).aggregate(number=Max("number"))["number"] or 0
    return Update.objects.create(statement=statement, number=last + 1, created_at=now)


def save_update_translation(*, update: Update, language: str, title: str, text: str) -> UpdateTranslation:
    """Sets title and text in one language."""
    translation, _ = UpdateTranslation.objects.update_or_create(
        update=update, language=language, defaults={"title": title, "text": text, "html": to_html(text)}
    )
    return translation


@transaction.atomic
def publish_update(*, update_id: int, at: datetime, actor: User, now: datetime) -> bool:
    """Publishes the update at the time `at`, now or later. Returns False if it is already public, or has this time."""
    update = _lock_update(update_id)
    if update.is_published(now) or update.published_at == at:
        return False
    update.published_at = at
    update.save(update_fields=["published_at"])
    _record_audit_entry(Action.PUBLISH_UPDATE, update, actor, now)
    return True


@transaction.atomic
def retract_update(*, update_id: int, actor: User, now: datetime) -> bool:
    """Makes a published or scheduled update a draft again. Returns False if it is one already."""
    update = _lock_update(update_id)
    if update.published_at is None:
        return False
    update.published_at = None
    update.save(update_fields=["published_at"])
    _record_audit_entry(Action.RETRACT_UPDATE, update, actor, now)
    return True


def _lock_update(update_id: int) -> Update:
    return Update.objects.select_for_update(of=("self",)).select_related("statement").get(id=update_id)


def _record_audit_entry(action: AuditEntry.Action, update: Update, actor: User, now: datetime) -> None:
    """Records the title as the reason, because colleagues search the audit log for it."""
    record_audit_entry(
        action,
        statement=update.statement,
        actor=actor,
        reason=update.translation_for(update.statement.language).title,
        now=now,
        about=update,
    )

"""Queries for the signers to whom an update is emailed."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from signatures.mail.models.email import Mail, Suppression
from signatures.statements.models.statement import Statement
from signatures.statements.models.update import Update


def update_subscribers(statement: Statement) -> QuerySet[Any]:
    """Returns the signers who want updates and can get one: confirmed, and with a mailbox that is not suppressed."""
    suppressed = Suppression.objects.filter(mailbox_digest=OuterRef("mailbox_digest"))
    subscribers = statement.signatures.counted().with_mailbox().filter(updates=True)
    return subscribers.filter(~Exists(suppressed))


def remaining_subscribers(update: Update) -> QuerySet[Any]:
    """Returns the subscribers without an email of this update. Signers who confirm after it is published and requested
    get none: they could read it on the site."""
    queued = Mail.objects.filter(update=update.pk, signature=OuterRef("pk"))
    moments = [moment for moment in (update.mailing_asked_at, update.published_at) if moment]
    subscribers = update_subscribers(update.statement).filter(~Exists(queued), confirmed_at__lte=max(moments))
    return subscribers.order_by("id")

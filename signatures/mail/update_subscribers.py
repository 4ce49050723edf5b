"""The signers to whom an update is mailed."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from signatures.mail.models.email import Mail, Suppression
from signatures.statements.models.statement import Statement
from signatures.statements.models.update import Update


def update_subscribers(statement: Statement) -> QuerySet[Any]:
    """Signers who want updates and can get one: confirmed, with a mailbox that takes our mail."""
    silent = Suppression.objects.filter(mailbox_digest=OuterRef("mailbox_digest"))
    wanting = statement.signatures.counted().with_mailbox().filter(updates=True)
    return wanting.filter(~Exists(silent))


def waiting_for(update: Update) -> QuerySet[Any]:
    """Signers who have no mail of an update that is to be mailed. Those who confirm once it can be read have read
    it."""
    written = Mail.objects.filter(update=update.pk, signature=OuterRef("pk"))
    moments = [moment for moment in (update.mailing_asked_at, update.published_at) if moment]
    found = update_subscribers(update.statement).filter(~Exists(written), confirmed_at__lte=max(moments))
    return found.order_by("id")

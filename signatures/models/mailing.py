"""An update on its way into the outbox."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from signatures.models.mail import Mail, Suppression
from signatures.models.signature import Signature, SignatureQuerySet
from signatures.models.statement import Statement
from signatures.models.update import Update


def addressees(statement: Statement) -> SignatureQuerySet:
    """Who wants updates and can get one: confirmed, with a mailbox that takes our mail."""
    silent = Suppression.objects.filter(mailbox_digest=OuterRef("mailbox_digest"))
    wanting = Signature.objects.counted().of(statement).with_mailbox().filter(updates=True)
    return wanting.filter(~Exists(silent))


class MailingQuerySet(models.QuerySet["Mailing"]):
    def unfinished(self) -> "MailingQuerySet":
        return self.filter(finished_at=None)

    def due(self, now: datetime) -> "MailingQuerySet":
        """An update is mailed once it can be read."""
        return self.unfinished().filter(update__published_at__lte=now)


class Mailing(models.Model):
    """That an update is to be mailed to the signers who want updates: once, whoever presses how often."""

    update = models.OneToOneField(Update, models.PROTECT, related_name="mailing", verbose_name=_("update"))
    asked_at = models.DateTimeField(_("asked at"))
    finished_at = models.DateTimeField(_("all in the outbox at"), null=True, blank=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("mailing"), _("mailings")
        indexes = [models.Index(fields=["id"], name="mailings_to_finish", condition=Q(finished_at=None))]

    def __str__(self) -> str:
        return str(self.update)

    def waiting(self) -> SignatureQuerySet:
        """Who has no mail of it yet. Whoever confirms once it can be read has read it."""
        written = Mail.objects.filter(update=self.update_id, signature=OuterRef("pk"))
        until = max(self.asked_at, self.update.published_at or self.asked_at)
        found = addressees(self.update.statement).filter(~Exists(written), confirmed_at__lte=until)
        return found.order_by("id")

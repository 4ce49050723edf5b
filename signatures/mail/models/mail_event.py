from django.db import models
from django.db.models import Q

from signatures.web.known_choices import one_of


class MailEvent(models.Model):
    """A report of a mail service about a mailbox. It is stored first and processed by the worker later, so that no
    report is lost or counted twice. The digest is deleted after processing."""

    class Kind(models.TextChoices):
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        UNSUBSCRIBED = "unsubscribed"

    mark = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    mailbox_digest = models.BinaryField(max_length=32, null=True)
    digest_key = models.CharField(max_length=8, blank=True)
    received_at = models.DateTimeField()
    heeded_at = models.DateTimeField(null=True)

    @one_of(kind=Kind.values)
    class Meta:
        indexes = [
            models.Index(fields=["id"], name="mail_events_to_heed", condition=Q(heeded_at=None)),
            models.Index(fields=["received_at"], name="mail_events_by_age"),
        ]
        constraints = [models.UniqueConstraint(fields=["mark"], name="one_mail_event_per_mark")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:8]}"

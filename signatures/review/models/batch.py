"""Stores bulk decisions: a decision about a part of the review queue, and the former state of each signature in it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.review.models.canned_reply import Phrase
from signatures.signing.models.signature import CONTENT_HASH_LENGTH, Signature
from signatures.statements.models.statement import Statement
from signatures.web.known_choices import one_of


class BulkDecision(models.Model):
    class Kind(models.TextChoices):
        APPROVE = "approve", _("approve")
        ASK = "ask", _("ask for proof")
        REJECT = "reject", _("reject")

    class Status(models.TextChoices):
        APPLYING = "applying", _("being decided")
        APPLIED = "applied", _("decided")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    kind = models.CharField(_("decision"), max_length=10, choices=Kind.choices)
    phrase = models.ForeignKey(
        Phrase, models.PROTECT, null=True, related_name="+", verbose_name=_("text for the signer")
    )
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, related_name="+", verbose_name=_("statement")
    )  # null: all statements
    about = models.CharField(_("part of the queue"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("decided at"))
    many = models.PositiveIntegerField(_("signatures"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.APPLYING)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undo_reason = models.CharField(_("reason for the undo"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    @one_of(kind=Kind.values, status=Status.values)
    class Meta:
        verbose_name, verbose_name_plural = _("bulk decision"), _("bulk decisions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"

    @property
    def is_running(self) -> bool:
        return self.status in (self.Status.APPLYING, self.Status.UNDOING)

    @property
    def can_be_undone(self) -> bool:
        """An email that asks for proof cannot be taken back."""
        return self.kind != self.Kind.ASK and self.status in (self.Status.APPLYING, self.Status.APPLIED)


class BulkItem(models.Model):
    """Stores what one signature was before. Deleted with the signature."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("not yet decided")
        DONE = "done", _("decided")
        LEFT = "left", _("left unchanged")
        RESTORED = "restored", _("restored")
        KEPT = "kept", _("kept because it changed later")

    bulk = models.ForeignKey(BulkDecision, models.CASCADE, related_name="items", db_index=False)
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    face = models.CharField(
        _("hash of the content"), max_length=CONTENT_HASH_LENGTH, blank=True, default="", db_default=""
    )
    flags = ArrayField(models.CharField(max_length=40), verbose_name=_("flags before"), default=list)
    checked_name = models.CharField(_("earlier checked name"), max_length=120, blank=True)
    confirmed_at = models.DateTimeField(_("earlier confirmation"), null=True)
    asked_at = models.DateTimeField(_("earlier request for proof"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    @one_of(outcome=Outcome.values)
    class Meta:
        verbose_name, verbose_name_plural = _("signature in a bulk decision"), _("signatures in bulk decisions")
        constraints = [models.UniqueConstraint(fields=["bulk", "signature"], name="a_decision_is_made_once_for_each")]
        indexes = [models.Index(fields=["bulk", "outcome", "id"], name="next_of_a_decision")]

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.signature_id}"

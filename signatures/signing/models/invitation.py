"""Personal invitations. Anyone who signs through one under the invited name is notable: an organiser invited them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from signatures.identity.mailbox_fields import MailboxFields
from signatures.statements.models.statement import Statement
from signatures.web import tokens
from signatures.web.languages.language_field import LanguageField


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self, now: datetime) -> "InvitationQuerySet":
        return self.filter(signature=None, revoked_at=None, expires_at__gt=now)

    def no_longer_needed(self, now: datetime) -> "InvitationQuerySet":
        """Returns those with a mailbox that will get no more email."""
        is_over = ~Q(signature=None) | ~Q(revoked_at=None) | Q(expires_at__lte=now)
        held = self.filter(mailbox__isnull=False)
        return held.filter(is_over | Q(statement__mailboxes_erased_at__isnull=False)).order_by("id")

    def drop_mailboxes(self) -> None:
        self.update(mailbox=None, mailbox_digest=None, digest_key="")


class Invitation(MailboxFields, models.Model):
    """An invitation to sign. Its link is derived and never stored. The site emails it, or organisers pass it on."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="invitations", verbose_name=_("statement"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    credit = models.CharField(_("credit"), max_length=160, blank=True)
    language = LanguageField(_("language"), default="en", db_default="en")
    mailbox = models.BinaryField(_("mailbox, encrypted"), null=True, blank=True)
    mailbox_digest = models.BinaryField(_("digest of the mailbox"), max_length=32, null=True, blank=True)
    digest_key = models.CharField(_("key of the digest"), max_length=8, blank=True, default="", db_default="")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("written at"))
    expires_at = models.DateTimeField(_("expires at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("form opened at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    signature = models.OneToOneField(
        "signatures.Signature", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("signature")
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="an_invitation_expires_after_it_is_written"
            ),
            models.CheckConstraint(
                condition=Q(signature=None) | Q(revoked_at=None), name="a_used_invitation_is_not_revoked"
            ),
            models.CheckConstraint(
                condition=Q(mailbox__isnull=True, mailbox_digest__isnull=True)
                | Q(mailbox__isnull=False, mailbox_digest__isnull=False),
                name="an_invited_mailbox_has_its_digest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mailbox_digest"], name="invited_mailboxes", condition=Q(mailbox_digest__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def token(self, purpose: tokens.Purpose = tokens.Purpose.INVITATION) -> str:
        return tokens.make(purpose, subject_id=self.pk, generation=1, issued_at=self.created_at)

    def mark_sent(self, now: datetime) -> None:
        """Stores the time of the first email. Later calls change nothing."""
        Invitation.objects.filter(id=self.id, sent_at=None).update(sent_at=now)

    def is_usable(self, now: datetime) -> bool:
        return self.signature_id is None and self.revoked_at is None and self.expires_at > now

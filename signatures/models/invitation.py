"""Personal invitations: whoever signs by one under the invited name is notable, because an organiser asked them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signatures.models.statement import Statement


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self, now: datetime) -> "InvitationQuerySet":
        return self.filter(signature=None, revoked_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """Its link is derived and never stored, and it knows no mailbox: organisers pass the link on themselves."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="invitations", verbose_name=_("statement"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    credit = models.CharField(_("credit"), max_length=160, blank=True)
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
                condition=Q(signature=None) | Q(revoked_at=None), name="a_used_invitation_is_not_revoked"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_usable(self, now: datetime) -> bool:
        return self.signature_id is None and self.revoked_at is None and self.expires_at > now

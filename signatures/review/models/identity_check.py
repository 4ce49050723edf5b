"""Identity checks: how an organiser verified who a signer is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature
from signatures.web.known_choices import one_of


class Check(models.Model):
    """A check is valid for the current name. It is deleted when the name changes, or when its signer is no longer
    notable."""

    signature = models.OneToOneField(
        Signature, models.CASCADE, primary_key=True, related_name="check_of", verbose_name=_("signature")
    )
    method = models.CharField(_("how"), max_length=12, choices=CheckMethod.choices)
    url = models.URLField(_("address of the post"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("at"))
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seconded by")
    )
    seconded_at = models.DateTimeField(_("seconded at"), null=True, blank=True)

    @one_of(method=CheckMethod.values)
    class Meta:
        verbose_name, verbose_name_plural = _("identity check"), _("identity checks")
        constraints = [
            models.CheckConstraint(
                condition=Q(seconded_by=None) | ~Q(seconded_by=F("made_by")), name="nobody_seconds_their_own_check"
            ),
            models.CheckConstraint(
                condition=~Q(method="public_post") | ~Q(url=""), name="a_public_post_has_its_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signature}: {self.get_method_display()}"

"""Weights of spam signals. One signal alone is weak; together they hold a signature for a moderator."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.review.verdict import HOLD_THRESHOLD
from signatures.signing.models.flag import Flag
from signatures.web.known_choices import one_of


class Weight(models.Model):
    """The points of one spam signal. A flag that has no weight holds a signature on its own."""

    flag = models.CharField(_("sign"), max_length=40, choices=Flag.choices)
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        validators=[MaxValueValidator(HOLD_THRESHOLD)],
        help_text=_("Who reaches 100 together is held for review. 0: not looked at."),
    )
    level = models.PositiveIntegerField(
        _("from how many"), null=True, blank=True, help_text=_("More than so many count as many; or so many seconds.")
    )

    @one_of(flag=Flag.values)
    class Meta:
        verbose_name, verbose_name_plural = _("weight of a sign"), _("weights of signs")
        ordering = ["-weight", "flag"]
        constraints = [models.UniqueConstraint(fields=["flag"], name="one_weight_per_flag")]

    def __str__(self) -> str:
        return f"{self.get_flag_display()}: {self.weight}"

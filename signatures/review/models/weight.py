"""Weights of spam signals. One signal alone is weak; together they hold a signature for a moderator."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.signing.models.flag import HOLD_THRESHOLD, Flag
from signatures.web.known_choices import one_of


class Weight(models.Model):
    """The points of one spam signal. A flag that has no weight holds a signature on its own."""

    flag = models.CharField(_("spam signal"), max_length=40, choices=Flag.choices)
    weight = models.PositiveSmallIntegerField(
        _("points"),
        validators=[MaxValueValidator(HOLD_THRESHOLD)],
        help_text=_("A signature with 100 points or more is held for review. 0 turns the signal off."),
    )
    level = models.PositiveIntegerField(
        _("threshold"),
        null=True,
        blank=True,
        help_text=_("The signal is raised above this number, or below this number of seconds."),
    )

    @one_of(flag=Flag.values)
    class Meta:
        verbose_name, verbose_name_plural = _("points of a spam signal"), _("points of spam signals")
        ordering = ["-weight", "flag"]
        constraints = [models.UniqueConstraint(fields=["flag"], name="one_weight_per_flag")]

    def __str__(self) -> str:
        return f"{self.get_flag_display()}: {self.weight}"

"""Quiet signs that somebody is no signer. None alone says much; together they hold a signature for a moderator."""

from datetime import datetime, timedelta

from disposable_email_domains import blocklist
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.identity.shape import is_odd
from signatures.models.findings import HELD_FROM, Findings
from signatures.models.flags import Flag
from signatures.models.one_of import one_of
from signatures.models.signature import Signature


class Weight(models.Model):
    """How much one sign counts. A flag that is not listed here holds a signature by itself."""

    flag = models.CharField(_("sign"), max_length=40, choices=Flag.choices)
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        validators=[MaxValueValidator(HELD_FROM)],
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


def signs_of(signature: Signature, found: Findings, now: datetime) -> list[str]:
    """What is seen in a signature at the moment of confirming."""
    looked_at = {flag: level for flag, (weight, level) in found.weights.items() if weight}
    return [flag for flag, sees in SIGNS.items() if flag in looked_at and sees(signature, found, looked_at[flag], now)]


def _network(signature: Signature, found: Findings, level: int, now: datetime) -> bool:
    return found.of_its_network > level


def _domain(signature: Signature, found: Findings, level: int, now: datetime) -> bool:
    return found.of_its_domain > max(level, found.of_its_domain_before)


def _disposable(signature: Signature, found: Findings, level: int, now: datetime) -> bool:
    """Its own domain, or the one that it stands below."""
    parts = signature.address.lower().rpartition("@")[2].split(".")
    return any(".".join(parts[at:]) in blocklist for at in range(len(parts) - 1))


def _name_shape(signature: Signature, found: Findings, level: int, now: datetime) -> bool:
    return signature.kind == Signature.Kind.PERSON and is_odd(signature.name)


def _same_credit(signature: Signature, found: Findings, level: int, now: datetime) -> bool:
    """A long one: "composer" is said by thousands."""
    return found.with_its_credit > level


def _too_quick(signature: Signature, found: Findings, level: int, now: datetime) -> bool:
    return found.mailed_at is not None and now - found.mailed_at < timedelta(seconds=level)


SIGNS = {
    Flag.NETWORK.value: _network,
    Flag.DOMAIN.value: _domain,
    Flag.DISPOSABLE.value: _disposable,
    Flag.NAME_SHAPE.value: _name_shape,
    Flag.SAME_CREDIT.value: _same_credit,
    Flag.TOO_QUICK.value: _too_quick,
}

"""Quiet signs that somebody is no signer. None alone says much; together they hold a signature for a moderator."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from disposable_email_domains import blocklist
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from signatures.identity import provider
from signatures.identity.shape import is_odd
from signatures.models.flags import Flag
from signatures.models.mail import Mail
from signatures.models.signature import LONG_CREDIT, Signature

HELD_FROM = 100
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Weight(models.Model):
    """How much one sign counts. A flag that is not listed here holds a signature by itself."""

    flag = models.CharField(_("sign"), max_length=40, unique=True, choices=Flag.choices)
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        validators=[MaxValueValidator(HELD_FROM)],
        help_text=_("Who reaches 100 together is held for review. 0: not looked at."),
    )
    level = models.PositiveIntegerField(
        _("from how many"), null=True, blank=True, help_text=_("More than so many count as many; or so many seconds.")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("weight of a sign"), _("weights of signs")
        ordering = ["-weight", "flag"]

    def __str__(self) -> str:
        return f"{self.get_flag_display()}: {self.weight}"


def signs_of(signature: Signature, now: datetime) -> list[str]:
    """What is seen in a signature at the moment of confirming. Each look is one short range of an index."""
    levels = dict(Weight.objects.filter(weight__gt=0).values_list("flag", "level"))
    return [flag for flag, sees in SIGNS.items() if flag in levels and sees(signature, levels[flag] or 0, now)]


def hold(flags: Iterable[str]) -> bool:
    """Whether they weigh enough together."""
    asked = set(flags)
    if not asked:
        return False
    weights = dict(Weight.objects.filter(flag__in=asked).values_list("flag", "weight"))
    return sum(weights.get(flag, HELD_FROM) for flag in asked) >= HELD_FROM


def _network(signature: Signature, level: int, now: datetime) -> bool:
    found = Signature.objects.filter(network=signature.network, created_at__gt=now - HOUR)
    return signature.network != "" and found.order_by()[: level + 1].count() > level


def _domain(signature: Signature, level: int, now: datetime) -> bool:
    """Not of the large providers, whose launch day is everybody's."""
    if not signature.domain or provider.name_of(signature.provider):
        return False
    there = Signature.objects.filter(domain=signature.domain).exclude(domain="")
    lately = there.filter(created_at__gt=now - HOUR).order_by()[:1000].count()
    before = there.filter(created_at__gt=now - DAY - HOUR, created_at__lte=now - HOUR)
    return lately > level and before.order_by()[:lately].count() < lately


def _disposable(signature: Signature, level: int, now: datetime) -> bool:
    """Its own domain, or the one that it stands below."""
    parts = signature.address.lower().rpartition("@")[2].split(".")
    return any(".".join(parts[at:]) in blocklist for at in range(len(parts) - 1))


def _name_shape(signature: Signature, level: int, now: datetime) -> bool:
    return signature.kind == Signature.Kind.PERSON and is_odd(signature.name)


def _same_credit(signature: Signature, level: int, now: datetime) -> bool:
    """A long one: "composer" is said by thousands."""
    if len(signature.credit) < LONG_CREDIT:
        return False
    found = Signature.objects.filter(
        GreaterThanOrEqual(Length("credit"), LONG_CREDIT), credit=signature.credit, created_at__gt=now - HOUR
    )
    return found.order_by()[: level + 1].count() > level


def _too_quick(signature: Signature, level: int, now: datetime) -> bool:
    mail = (
        Mail.objects.filter(signature=signature, kind=Mail.Kind.CONFIRM, sent_at__isnull=False).order_by("-id").first()
    )
    return mail is not None and mail.sent_at is not None and now - mail.sent_at < timedelta(seconds=level)


SIGNS = {
    Flag.NETWORK.value: _network,
    Flag.DOMAIN.value: _domain,
    Flag.DISPOSABLE.value: _disposable,
    Flag.NAME_SHAPE.value: _name_shape,
    Flag.SAME_CREDIT.value: _same_credit,
    Flag.TOO_QUICK.value: _too_quick,
}

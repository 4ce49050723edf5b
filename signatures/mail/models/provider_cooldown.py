"""Cool-downs of mail providers that refused email, and the pause and budget of the mail server."""

import math
import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from signatures.identity import mail_provider
from signatures.mail.limits import BUDGET_BURST, COOLDOWN, COOLDOWN_JITTER, LONGEST_COOLDOWN


class ProviderCooldownQuerySet(models.QuerySet["ProviderCooldown"]):
    def active(self, now: datetime) -> "ProviderCooldownQuerySet":
        return self.filter(resume_at__gt=now)

    def refused(self, key: str, *, now: datetime) -> None:
        """Starts a cool-down that is twice as long as the one before. Refusals during a cool-down count as one."""
        with transaction.atomic():
            new = {"resume_at": now, "refusals": 0}
            cooldown, _is_new = self.select_for_update().get_or_create(key=key, defaults=new)
            if cooldown.resume_at <= now:
                cooldown.refusals += 1
                cooldown.resume_at = now + _pause(cooldown.refusals)
                cooldown.save()

    def accepted(self, keys: Collection[str], *, now: datetime) -> None:
        """Deletes the refusals of providers that accepted email, except a cool-down that is still active."""
        if keys:
            self.filter(key__in=keys, resume_at__lte=now).delete()

    def ended_by(self, moment: datetime) -> "ProviderCooldownQuerySet":
        return self.filter(resume_at__lte=moment)


class ProviderCooldown(models.Model):
    """A mail provider that refused email temporarily. `key` is the keyed hash from `identity.mail_provider`."""

    key = models.CharField(max_length=mail_provider.KEY_LENGTH, primary_key=True)
    refusals = models.PositiveIntegerField()  # in succession
    resume_at = models.DateTimeField()

    objects = ProviderCooldownQuerySet.as_manager()

    def __str__(self) -> str:
        return mail_provider.provider_name(self.key) or self.key


class MailServerQuerySet(models.QuerySet["MailServer"]):
    def pause(self, *, until: datetime) -> None:
        self.update_or_create(id=MailServer.ONLY, defaults={"resume_at": until})

    def resume_at(self, now: datetime) -> datetime | None:
        """Returns None if the mail server is not paused."""
        return self.filter(resume_at__gt=now).values_list("resume_at", flat=True).first()

    def lock(self, *, now: datetime) -> "MailServer":
        """Locks the row until the transaction ends, because all senders share the budget of MAILS_PER_MINUTE. Without a
        budget it locks nothing."""
        if not settings.MAILS_PER_MINUTE:
            return self.first() or MailServer()
        new = {"allowance": _burst(), "allowance_at": now}
        return self.select_for_update().get_or_create(id=MailServer.ONLY, defaults=new)[0]


class MailServer(models.Model):
    """The server that takes all emails of the site: one row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    resume_at = models.DateTimeField(null=True)
    allowance = models.FloatField(null=True)  # emails that MAILS_PER_MINUTE allowed at `allowance_at`
    allowance_at = models.DateTimeField(null=True)

    objects = MailServerQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_mail_server")]

    def __str__(self) -> str:
        return "mail server"

    def allowed(self, now: datetime) -> float:
        """Returns how many emails may leave now."""
        if self.resume_at is not None and self.resume_at > now:
            return 0
        if not settings.MAILS_PER_MINUTE:
            return math.inf
        if self.allowance is None or self.allowance_at is None:
            return _burst()
        seconds = max((now - self.allowance_at).total_seconds(), 0)
        return min(_burst(), self.allowance + seconds * settings.MAILS_PER_MINUTE / 60)

    def spend(self, emails: int, *, now: datetime) -> None:
        if emails and settings.MAILS_PER_MINUTE:
            self.allowance, self.allowance_at = self.allowed(now) - emails, now
            self.save(update_fields=["allowance", "allowance_at"])


def _pause(refusals: int) -> timedelta:
    """Adds jitter, so that the cool-downs of many providers do not end at the same time."""
    doubled = COOLDOWN * 2 ** min(refusals - 1, 20)
    return min(doubled, LONGEST_COOLDOWN) * random.uniform(1 - COOLDOWN_JITTER, 1 + COOLDOWN_JITTER)  # noqa: S311


def _burst() -> float:
    return max(1, settings.MAILS_PER_MINUTE * BUDGET_BURST.total_seconds() / 60)

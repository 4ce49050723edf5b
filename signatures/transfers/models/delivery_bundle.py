"""Delivery bundles: who requested one, its progress, and where the file is stored."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.statement import Statement
from signatures.web.known_choices import one_of

MAX_ATTEMPTS = 3  # tries
MAX_BUILD_TIME = timedelta(minutes=6)  # longer than the task's time limit: after that its worker is gone


class DeliveryPackQuerySet(models.QuerySet["DeliveryPack"]):
    def due(self, now: datetime) -> "DeliveryPackQuerySet":
        """Returns bundles that are requested, or were left by a worker that was killed."""
        left = Q(status=DeliveryPack.Status.MAKING, begun_at__lte=now - MAX_BUILD_TIME)
        return self.filter(Q(status=DeliveryPack.Status.REQUESTED) | left)


class DeliveryPack(models.Model):
    class Status(models.TextChoices):
        REQUESTED = "asked", _("waits for the worker")
        MAKING = "making", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="packs", verbose_name=_("statement"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    asked_at = models.DateTimeField(_("requested at"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.REQUESTED)
    progress = models.PositiveSmallIntegerField(_("progress in per cent"), default=0)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    begun_at = models.DateTimeField(_("started at"), null=True, blank=True)
    as_of = models.DateTimeField(_("shows names as of"), null=True, blank=True)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    file = models.CharField(_("name in the storage"), max_length=200, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)

    objects = DeliveryPackQuerySet.as_manager()

    @one_of(status=Status.values)
    class Meta:
        verbose_name, verbose_name_plural = _("delivery bundle"), _("delivery bundles")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.statement} {self.asked_at:%Y-%m-%d}"

"""Leases of the review queue, so that no two moderators get the same signature."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from signatures.review.limits import REVIEW_LEASE, SKIP_PERIOD
from signatures.signing.models.signature import Signature, SignatureQuerySet

HOLD_SQL = """
    INSERT INTO signatures_lease AS lease (signature_id, holder_id, until) VALUES (%(signature)s, %(holder)s, %(until)s)
    ON CONFLICT (signature_id) DO UPDATE SET holder_id = excluded.holder_id, until = excluded.until
    WHERE lease.holder_id = excluded.holder_id OR lease.until <= %(now)s
"""


class LeaseQuerySet(models.QuerySet["Lease"]):
    @transaction.atomic
    def lease_next(
        self, signatures: SignatureQuerySet, *, holder: User, now: datetime, excluded_ids: Collection[int] = ()
    ) -> Signature | None:
        """Leases to `holder` the first of `signatures` that no one else has. Never returns one of `excluded_ids`."""
        lost_ids: list[int] = []
        free = signatures.exclude(Exists(self._of_others(holder, now))).exclude(Exists(_skipped_by(holder, now)))
        while True:
            candidates = free.exclude(id__in=[*excluded_ids, *lost_ids]).order_by("id")
            signature = candidates.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
            if signature is None or self.lease_one(signature.id, holder=holder, now=now):
                return signature
            lost_ids.append(signature.id)  # a colleague got the lease after our query

    def lease_one(self, signature_id: int, *, holder: User, now: datetime) -> bool:
        """Leases one signature, or renews the lease. Returns False while a colleague has it."""
        until = now + REVIEW_LEASE
        values: dict[str, Any] = {"signature": signature_id, "holder": holder.pk, "now": now, "until": until}
        with connection.cursor() as cursor:
            cursor.execute(HOLD_SQL, values)
            return cursor.rowcount == 1

    def is_held_by(self, holder: User, signature_id: int, now: datetime) -> bool:
        return self.filter(holder=holder, signature=signature_id, until__gt=now).exists()

    def _of_others(self, holder: User, now: datetime) -> "LeaseQuerySet":
        return self.filter(signature=OuterRef("pk"), until__gt=now).exclude(holder=holder)


def _skipped_by(holder: User, now: datetime) -> "models.QuerySet[Skip]":
    return Skip.objects.filter(signature=OuterRef("pk"), moderator=holder, at__gt=now - SKIP_PERIOD)


class Lease(models.Model):
    signature = models.OneToOneField(Signature, models.CASCADE, primary_key=True, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("lease"), _("leases")

    def __str__(self) -> str:
        return f"{self.signature_id}: {self.holder_id}"


class Skip(models.Model):
    """Stores that a moderator left a signature to a colleague or for later."""

    signature = models.ForeignKey(Signature, models.CASCADE, related_name="+", db_index=False)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("skipped signature"), _("skipped signatures")
        constraints = [models.UniqueConstraint(fields=["signature", "moderator"], name="one_skip_per_moderator")]

    def __str__(self) -> str:
        return f"{self.signature_id}: {self.moderator_id}"

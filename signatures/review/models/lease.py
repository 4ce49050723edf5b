"""Who looks at which signature in the review queue, so that no two moderators get the same one."""

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
    def take(
        self, waiting: SignatureQuerySet, *, holder: User, now: datetime, beside: Collection[int] = ()
    ) -> Signature | None:
        """The first of `waiting` that nobody else has, leased to `holder`; never one of `beside`."""
        lost: list[int] = []
        free = waiting.exclude(Exists(self._of_others(holder, now))).exclude(Exists(_skipped_by(holder, now)))
        while True:
            left = free.exclude(id__in=[*beside, *lost]).order_by("id")
            found = left.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
            if found is None or self.hold(found.id, holder=holder, now=now):
                return found
            lost.append(found.id)  # a colleague was quicker, by less than our look at the table takes

    def hold(self, signature_id: int, *, holder: User, now: datetime) -> bool:
        """Leases one signature, or renews the lease. False while it is a colleague's."""
        until = now + REVIEW_LEASE
        asked: dict[str, Any] = {"signature": signature_id, "holder": holder.pk, "now": now, "until": until}
        with connection.cursor() as cursor:
            cursor.execute(HOLD_SQL, asked)
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
    """A moderator left it to a colleague, or to a later hour."""

    signature = models.ForeignKey(Signature, models.CASCADE, related_name="+", db_index=False)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("skipped signature"), _("skipped signatures")
        constraints = [models.UniqueConstraint(fields=["signature", "moderator"], name="one_skip_per_moderator")]

    def __str__(self) -> str:
        return f"{self.signature_id}: {self.moderator_id}"

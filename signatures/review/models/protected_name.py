"""Well-known names. A signature that could pass for one is held until a moderator decides."""

from collections.abc import Iterable
from typing import Any, Optional

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from signatures.identity.likeness import ComparableName
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.web.known_choices import one_of


class ProtectedNameQuerySet(models.QuerySet["ProtectedName"]):
    def in_force(self, statement_id: int) -> "ProtectedNameQuerySet":
        """Returns the names that apply to this statement. The name of a notable applies only while they are notable."""
        return self.filter(
            Q(statement=None) | Q(statement=statement_id), Q(signature=None) | Q(signature__notable=True)
        )

    def resembled_by(self, signature: Signature) -> Optional["ProtectedName"]:
        """Returns the name that this signature could pass for, in one indexed query. Its own name is skipped."""
        typed = ComparableName(signature.name)
        candidates = self.in_force(signature.statement_id).filter(keys__overlap=sorted(typed.keys))
        if signature.pk:
            candidates = candidates.exclude(signature=signature)
        return next((row for row in candidates.order_by("id") if typed.resembles(ComparableName(row.written))), None)

    def resembled_names(self, signatures: QuerySet[Signature]) -> list[tuple[int, str, int]]:
        """Returns the names that these could pass for, the most frequent first: a row id, the name, and the count."""
        named: QuerySet[Signature, Any] = (
            signatures.filter(resembles__isnull=False).order_by().values("resembles__name")
        )
        rows = named.annotate(row=Min("resembles"), count=Count("id")).order_by("-count", "resembles__name")
        return list(rows.filter(resembles__name__isnull=False).values_list("row", "resembles__name", "count"))

    def protect(self, names: Iterable["ProtectedName"]) -> None:
        """Adds names with their search keys. Names that exist already stay unchanged."""
        rows = list(names)
        for row in rows:
            row.keys = sorted(ComparableName(row.written).keys)
        ProtectedName.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


class ProtectedName(models.Model):
    class Source(models.TextChoices):
        STARTER = "starter", _("starter list")
        ORGANISER = "organiser", _("an organiser")
        NOTABLE = "notable", _("a notable")

    name = models.CharField(_("name"), max_length=120, help_text=_("The name of the person or organisation."))
    written = models.CharField(
        _("written form"), max_length=120, help_text=_("The form that is compared. Add one row for each form.")
    )
    field = models.CharField(_("field"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.ORGANISER)
    statement = models.ForeignKey(
        Statement, models.CASCADE, null=True, blank=True, related_name="protected_names", verbose_name=_("statement"),
        help_text=_("Leave empty for all statements."),
    )  # fmt: skip
    signature = models.ForeignKey(
        Signature, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("signature")
    )
    keys = ArrayField(models.TextField(), editable=False, default=list)

    objects = ProtectedNameQuerySet.as_manager()

    @one_of(source=Source.values)
    class Meta:
        verbose_name, verbose_name_plural = _("protected name"), _("protected names")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["written", "statement", "signature"], name="a_name_is_protected_once", nulls_distinct=False
            )
        ]
        indexes = [GinIndex(fields=["keys"], name="protected_by_key")]

    def __str__(self) -> str:
        return self.written if self.written == self.name else f"{self.written} ({self.name})"

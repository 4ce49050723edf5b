"""The filter of the review queue, and a summary of what waits: how many, since when, and for which reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Func, Min, Q, TextField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from signatures.identity.search_keys import fold_query
from signatures.public.search import matching
from signatures.review.models.protected_name import ProtectedName
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature, SignatureQuerySet
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.web.languages.localized_numbers import number

WAITING_SINCE = Coalesce("proposed_at", "created_at")
NO_FLAG = Q(flags=[], proposed_at__isnull=True)


MAX_CHOICES = 100


class ResembledNameIterator(forms.models.ModelChoiceIterator):
    """Offers the names that waiting signatures could pass for, with counts. A chosen name stays in the list, even if no
    signature waits for it any more."""

    field: "ResembledNameField"

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield "", str(self.field.empty_label)
        offered = ProtectedName.objects.resembled_names(Signature.objects.awaiting_review())[:MAX_CHOICES]
        chosen = self.field.chosen
        if chosen and chosen.pk not in [row for row, _name, _count in offered]:
            yield chosen.pk, chosen.name
        for row, name, count in offered:
            yield row, f"{name} ({number(count)})"


class ResembledNameField(forms.ModelChoiceField):
    iterator = ResembledNameIterator
    chosen: ProtectedName | None = None

    def clean(self, value: Any) -> Any:
        self.chosen = super().clean(value)
        return self.chosen


class FilterForm(forms.Form):
    """Selects a part of the review queue. Without values, it selects everything."""

    statement = forms.ModelChoiceField(
        Statement.objects.all(), label=_("Statement"), required=False, empty_label=_("all statements")
    )
    why = forms.ChoiceField(
        label=_("Why it waits"),
        required=False,
        choices=[
            ("", _("any reason")),
            *Flag.choices,
            ("correction", _("a correction")),
            ("none", _("no flag")),
        ],
    )
    whom = ResembledNameField(
        ProtectedName.objects.defer("keys"), label=_("Could pass for"), required=False, empty_label=_("any name")
    )
    sector = forms.ModelChoiceField(
        Sector.objects.prefetch_related("translations"),
        label=_("Sector"),
        required=False,
        empty_label=_("all sectors"),
    )
    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    def filtered_signatures(self) -> SignatureQuerySet:
        """Returns the matching signatures, and ignores an invalid value. Only an unknown protected name and a search
        text without letters match nothing: ignoring them would turn a decision about a few into one about all."""
        self.is_valid()
        criteria, signatures = self.cleaned_data, Signature.objects.awaiting_review()
        if criteria.get("statement"):
            signatures = signatures.filter(statement=criteria["statement"])
        if criteria.get("sector"):
            signatures = signatures.filter(sector=criteria["sector"])
        if criteria.get("whom") or "whom" in self.errors:
            signatures = signatures.resembling(criteria["whom"].name) if criteria.get("whom") else signatures.none()
        if criteria.get("q"):
            query = fold_query(criteria["q"])
            signatures = matching(signatures, query) if query.letters else signatures.none()
        why = criteria.get("why")
        if why == "correction":
            return signatures.filter(proposed_at__isnull=False)
        if why == "none":
            return signatures.filter(NO_FLAG)
        return signatures.filter(flags__contains=[why]) if why else signatures

    def query(self, **instead: str) -> str:
        """Returns the filter as a query string."""
        values = ((name, instead.get(name, str(self.data.get(name, "")))) for name in self.fields)
        return urlencode([(name, value) for name, value in values if value])

    def description(self) -> str:
        """Describes the valid values for the audit log. Call `filtered_signatures` first."""
        criteria = self.cleaned_data
        why = dict(self.fields["why"].choices).get(criteria.get("why")) if criteria.get("why") else ""  # type: ignore[attr-defined]
        sector = criteria["sector"].label if criteria.get("sector") else ""
        protected_name = criteria["whom"].name if criteria.get("whom") else ""
        parts = [str(label) for label in (criteria.get("statement"), why, protected_name, sector) if label]
        return ", ".join([*parts, f"“{criteria['q']}”"] if criteria.get("q") else parts)[:300]


def reason_counts(signatures: SignatureQuerySet, now: datetime) -> list[tuple[str, str, int]]:
    """Returns the reasons why signatures wait, the most frequent first: the value of the filter, its label, and the
    count. A signature can wait for several reasons."""
    due = signatures.due_for_review(now).order_by()
    flag = Func("flags", function="unnest", set_returning=True, output_field=TextField())
    by_flag = due.annotate(reason=flag).values("reason").annotate(count=Count("id"))
    counts: list[tuple[str, int]] = [(row["reason"], row["count"]) for row in by_flag]
    counts += [("correction", due.filter(proposed_at__isnull=False).count())]
    counts += [("none", due.filter(NO_FLAG).count())]
    labels = {value: str(label) for value, label in FilterForm.base_fields["why"].choices}  # type: ignore[attr-defined]
    rows = [(value, labels[value], count) for value, count in counts if value in labels and count]
    return sorted(rows, key=lambda row: -row[2])


@dataclass(frozen=True)
class QueueSummary:
    total: int
    oldest_at: datetime | None
    proof_requested: int

    @classmethod
    def of_signatures(cls, signatures: SignatureQuerySet, now: datetime) -> "QueueSummary":
        due = signatures.due_for_review(now)
        totals: dict[str, Any] = due.aggregate(total=Count("id"), oldest_at=Min(WAITING_SINCE))
        return cls(totals["total"], totals["oldest_at"], signatures.count() - totals["total"])

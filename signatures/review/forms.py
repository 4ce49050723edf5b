"""What waits: how many, since when, and why; and the part of it that a moderator works on."""

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
    """Those whom somebody who waits could pass for, and how many do; and whoever is chosen, were it that nobody does
    any more."""

    field: "ResembledNameField"

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield "", str(self.field.empty_label)
        offered = ProtectedName.objects.resembled_names(Signature.objects.awaiting_review())[:MAX_CHOICES]
        chosen = self.field.chosen
        if chosen and chosen.pk not in [row for row, _name, _many in offered]:
            yield chosen.pk, chosen.name
        for row, name, many in offered:
            yield row, f"{name} ({number(many)})"


class ResembledNameField(forms.ModelChoiceField):
    iterator = ResembledNameIterator
    chosen: ProtectedName | None = None

    def clean(self, value: Any) -> Any:
        self.chosen = super().clean(value)
        return self.chosen


class FilterForm(forms.Form):
    """Which part of the queue. Empty: all of it."""

    statement = forms.ModelChoiceField(
        Statement.objects.all(), label=_("Statement"), required=False, empty_label=_("all statements")
    )
    why = forms.ChoiceField(
        label=_("Why it waits"),
        required=False,
        choices=[
            ("", _("whatever the reason")),
            *Flag.choices,
            ("correction", _("a correction")),
            ("none", _("no flag")),
        ],
    )
    whom = ResembledNameField(
        ProtectedName.objects.defer("keys"), label=_("Could pass for"), required=False, empty_label=_("whomever")
    )
    sector = forms.ModelChoiceField(
        Sector.objects.prefetch_related("translations"),
        label=_("Sector"),
        required=False,
        empty_label=_("all sectors"),
    )
    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    def chosen(self) -> SignatureQuerySet:
        """What was asked for; where a part of it made no sense, without that part. But nobody, where the name is no
        longer protected or has no letters: else one decision about few would be about all."""
        self.is_valid()
        asked, waiting = self.cleaned_data, Signature.objects.awaiting_review()
        if asked.get("statement"):
            waiting = waiting.filter(statement=asked["statement"])
        if asked.get("sector"):
            waiting = waiting.filter(sector=asked["sector"])
        if asked.get("whom") or "whom" in self.errors:
            waiting = waiting.resembling(asked["whom"].name) if asked.get("whom") else waiting.none()
        if asked.get("q"):
            query = fold_query(asked["q"])
            waiting = matching(waiting, query) if query.letters else waiting.none()
        why = asked.get("why")
        if why == "correction":
            return waiting.filter(proposed_at__isnull=False)
        if why == "none":
            return waiting.filter(NO_FLAG)
        return waiting.filter(flags__contains=[why]) if why else waiting

    def query(self, **instead: str) -> str:
        """The filter as the end of an address."""
        asked = ((name, instead.get(name, str(self.data.get(name, "")))) for name in self.fields)
        return urlencode([(name, value) for name, value in asked if value])

    def in_words(self) -> str:
        """What was heeded of it, for the audit log. Call `chosen` first."""
        asked = self.cleaned_data
        why = dict(self.fields["why"].choices).get(asked.get("why")) if asked.get("why") else ""  # type: ignore[attr-defined]
        sector = asked["sector"].label if asked.get("sector") else ""
        whom = asked["whom"].name if asked.get("whom") else ""
        parts = [str(part) for part in (asked.get("statement"), why, whom, sector) if part]
        return ", ".join([*parts, f"“{asked['q']}”"] if asked.get("q") else parts)[:300]


def reasons(chosen: SignatureQuerySet, now: datetime) -> list[tuple[str, str, int]]:
    """Why they wait, most first: the value of the filter, in words, and how many. One may wait for several reasons."""
    due = chosen.due_for_review(now).order_by()
    flag = Func("flags", function="unnest", set_returning=True, output_field=TextField())
    by_flag = due.annotate(why=flag).values("why").annotate(many=Count("id"))
    found: list[tuple[str, int]] = [(row["why"], row["many"]) for row in by_flag]
    found += [("correction", due.filter(proposed_at__isnull=False).count())]
    found += [("none", due.filter(NO_FLAG).count())]
    words = {value: str(label) for value, label in FilterForm.base_fields["why"].choices}  # type: ignore[attr-defined]
    known = [(value, words[value], many) for value, many in found if value in words and many]
    return sorted(known, key=lambda each: -each[2])


@dataclass(frozen=True)
class Waiting:
    many: int
    since: datetime | None
    asked: int

    @classmethod
    def among(cls, chosen: SignatureQuerySet, now: datetime) -> "Waiting":
        due = chosen.due_for_review(now)
        found: dict[str, Any] = due.aggregate(many=Count("id"), since=Min(WAITING_SINCE))
        return cls(found["many"], found["since"], chosen.count() - found["many"])

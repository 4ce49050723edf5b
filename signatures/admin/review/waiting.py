"""What waits: how many, since when, and why; and the part of it that a moderator works on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Min
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from signatures.identity.keys import fold_query
from signatures.models import Flag, Signature, Statement
from signatures.models.signature import SignatureQuerySet

SINCE = Coalesce("proposed_at", "created_at")


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
    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    def chosen(self) -> SignatureQuerySet:
        """What was asked for; where a part of it made no sense, without that part."""
        self.is_valid()
        asked, waiting = self.cleaned_data, Signature.objects.awaiting_review()
        if asked.get("statement"):
            waiting = waiting.filter(statement=asked["statement"])
        if (query := fold_query(asked.get("q", ""))).letters:
            waiting = waiting.matching(query)
        why = asked.get("why")
        if why == "correction":
            return waiting.filter(proposed_at__isnull=False)
        if why == "none":
            return waiting.filter(flags=[], proposed_at__isnull=True)
        return waiting.filter(flags__contains=[why]) if why else waiting


@dataclass(frozen=True)
class Waiting:
    many: int
    since: datetime | None
    asked: int

    @classmethod
    def among(cls, chosen: SignatureQuerySet, now: datetime) -> "Waiting":
        due = chosen.due_for_review(now)
        found: dict[str, Any] = due.aggregate(many=Count("id"), since=Min(SINCE))
        return cls(found["many"], found["since"], chosen.count() - found["many"])

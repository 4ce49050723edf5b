"""Queries for the signatures that the public sees, and their orders."""

from typing import Self

from django.db.models import Exists, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch

NOTABLES_THEN_NEWEST = (F("notable").desc(), F("confirmed_at").desc(), F("id").desc())


NAME_ORDER = (F("sort_key").asc(), F("id").asc())


PUBLIC_FIELDS = (
    "id", "statement", "sector", "kind", "name", "credit", "quotation", "organisation", "website", "logo", "notable",
    "checked_how", "confirmed_at",
)  # fmt: skip


class PublicQuerySet(QuerySet):
    def listed(self) -> Self:
        """Returns the public signatures with only their public fields; none while organisers hide all names."""
        hidden = Switch.objects.filter(name=Switch.Name.HIDE_NAMES)
        by_itself = hidden.filter(statement__isnull=False).values("statement")
        shown = self.filter(~Exists(hidden.filter(statement=None)), listed=True).exclude(statement__in=by_itself)
        return shown.only(*PUBLIC_FIELDS)

    def of(self, statement: Statement) -> Self:
        return self.filter(statement=statement)

    def in_sector(self, sector: Sector) -> Self:
        return self.filter(sector=sector)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def notables_first(self) -> Self:
        return self.order_by(*NOTABLES_THEN_NEWEST)

    def by_name(self) -> Self:
        return self.only(*PUBLIC_FIELDS, "sort_key").order_by(*NAME_ORDER)

    def newly_notable(self) -> Self:
        """Returns notable signatures, the last marked one first. `noted_at` is that time, or else the confirmation."""
        marked = Max("audit__created_at", filter=Q(audit__action="mark_notable"))
        noted = self.filter(notable=True).annotate(noted_at=Coalesce(marked, F("confirmed_at")))
        return noted.order_by("-noted_at", "-id")

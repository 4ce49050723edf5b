"""The signatures that the public sees, and their orders."""

from typing import Self

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, Max, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce

from signatures.identity.search_keys import SearchQuery
from signatures.public.cursor import Cursor, NameCursor
from signatures.statements.models.switch import Switch

NOTABLES_THEN_NEWEST = (F("notable").desc(), F("confirmed_at").desc(), F("id").desc())


NAME_ORDER = (F("sort_key").asc(), F("id").asc())


PUBLIC_FIELDS = (
    "id", "statement", "sector", "kind", "name", "credit", "quotation", "organisation", "website", "logo", "notable",
    "checked_how", "confirmed_at",
)  # fmt: skip


class PublicQuerySet(QuerySet):
    def listed(self) -> Self:
        """Who is shown, and of each no more than is shown. Nobody, where organisers hide all names."""
        hidden = Switch.objects.filter(name=Switch.Name.HIDE_NAMES)
        by_itself = hidden.filter(statement__isnull=False).values("statement")
        shown = self.filter(~Exists(hidden.filter(statement=None)), listed=True).exclude(statement__in=by_itself)
        return shown.only(*PUBLIC_FIELDS)

    def of(self, statement: "Statement") -> Self:
        return self.filter(statement=statement)

    def in_sector(self, sector: "Sector") -> Self:
        return self.filter(sector=sector)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def notables_first(self) -> Self:
        return self.order_by(*NOTABLES_THEN_NEWEST)

    def by_name(self) -> Self:
        return self.only(*PUBLIC_FIELDS, "sort_key").order_by(*NAME_ORDER)

    def newly_notable(self) -> Self:
        """The notables, the last marked by an organiser first. `noted_at` is when, or when they confirmed."""
        marked = Max("audit__created_at", filter=Q(audit__action="mark_notable"))
        noted = self.filter(notable=True).annotate(noted_at=Coalesce(marked, F("confirmed_at")))
        return noted.order_by("-noted_at", "-id")

    def after(self, cursor: Cursor | NameCursor) -> Self:
        if isinstance(cursor, NameCursor):
            return self.filter(TupleGreaterThan((F("sort_key"), F("id")), (cursor.sort_key, cursor.id)))
        place = (cursor.notable, cursor.confirmed_at, cursor.id)
        return self.filter(TupleLessThan((F("notable"), F("confirmed_at"), F("id")), place))

    def matching(self, query: SearchQuery) -> Self:
        """One or two letters begin a word; three and more stand anywhere, with or without the spaces."""
        if query.letters < 3:
            return self.filter(search_key__contains=f" {query.words}")
        return self.filter(Q(search_key__contains=query.words) | Q(search_key__contains=query.tight))

    def most_similar(self, query: SearchQuery) -> Self:
        """Names that resemble the query, most alike first. How alike is enough: DATABASE_SESSIONS."""
        return (
            self.filter(search_key__trigram_word_similar=query.words)
            .annotate(likeness=TrigramWordSimilarity(query.words, "search_key"))
            .order_by("-likeness", "-id")
        )

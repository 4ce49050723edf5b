"""Words for the public list: who is in it, in which order, and how a page follows a page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, Max, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleLessThan
from django.db.models.functions import Coalesce

from signatures.identity.keys import Query
from signatures.models.switch import Switch

if TYPE_CHECKING:
    from signatures.models.sector import Sector
    from signatures.models.signature import Signature
    from signatures.models.statement import Statement

NOTABLES_THEN_NEWEST = (F("notable").desc(), F("confirmed_at").desc(), F("id").desc())
PLACE = Struct(">?qQ")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadCursor(ValueError):
    """Not a cursor of ours."""


@dataclass(frozen=True)
class Cursor:
    """A place in the list. Encrypted, because a place is an id and an exact time, and neither is public;
    the same place always gives the same text, so that a page has one address and caches keep it."""

    notable: bool
    confirmed_at: datetime
    id: int

    def __str__(self) -> str:
        microseconds = (self.confirmed_at - EPOCH) // timedelta(microseconds=1)
        sealed = _cipher(settings.SECRET_KEY).encrypt(PLACE.pack(self.notable, microseconds, self.id), None)
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    @classmethod
    def of(cls, signature: "Signature") -> Self:
        """The place of a listed signature, which always has its moment."""
        return cls(signature.notable, signature.confirmed_at, signature.id)  # type: ignore[arg-type]

    @classmethod
    def parse(cls, text: str) -> Self:
        if len(text) != 44 or not text.isascii():
            raise BadCursor
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                place = _cipher(key).decrypt(urlsafe_b64decode(text), None)
                notable, microseconds, signature_id = PLACE.unpack(place)
                return cls(notable, EPOCH + timedelta(microseconds=microseconds), signature_id)
            except (InvalidTag, ValueError, StructError, OverflowError):
                continue
        raise BadCursor


PUBLIC = (
    "id", "statement", "sector", "kind", "name", "credit", "organisation", "notable", "confirmed_at",
)  # fmt: skip


class Listing(QuerySet):
    def listed(self) -> Self:
        """Who is shown, and of each no more than is shown. Nobody, where organisers hide all names."""
        hidden = Switch.objects.filter(name=Switch.Name.HIDE_NAMES)
        by_itself = hidden.filter(statement__isnull=False).values("statement")
        shown = self.filter(~Exists(hidden.filter(statement=None)), listed=True).exclude(statement__in=by_itself)
        return shown.only(*PUBLIC)

    def of(self, statement: "Statement") -> Self:
        return self.filter(statement=statement)

    def in_sector(self, sector: "Sector") -> Self:
        return self.filter(sector=sector)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def notables_first(self) -> Self:
        return self.order_by(*NOTABLES_THEN_NEWEST)

    def newly_notable(self) -> Self:
        """The notables, the last marked by an organiser first. `noted_at` is when, or when they confirmed."""
        marked = Max("audit__created_at", filter=Q(audit__action="mark_notable"))
        noted = self.filter(notable=True).annotate(noted_at=Coalesce(marked, F("confirmed_at")))
        return noted.order_by("-noted_at", "-id")

    def after(self, cursor: Cursor) -> Self:
        place = (cursor.notable, cursor.confirmed_at, cursor.id)
        return self.filter(TupleLessThan((F("notable"), F("confirmed_at"), F("id")), place))

    def matching(self, query: Query) -> Self:
        """One or two letters begin a word; three and more stand anywhere, with or without the spaces."""
        if query.letters < 3:
            return self.filter(search_key__contains=f" {query.words}")
        return self.filter(Q(search_key__contains=query.words) | Q(search_key__contains=query.tight))

    def nearest(self, query: Query) -> Self:
        """Names that resemble the query, most alike first. How alike is enough: DATABASES in the settings."""
        return (
            self.filter(search_key__trigram_word_similar=query.words)
            .annotate(likeness=TrigramWordSimilarity(query.words, "search_key"))
            .order_by("-likeness", "-id")
        )


@lru_cache
def _cipher(secret: str) -> AESSIV:
    return AESSIV(HKDF(SHA512(), length=64, salt=None, info=b"signatures.list.cursor").derive(secret.encode()))

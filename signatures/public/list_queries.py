"""Queries of the public list, and the cursors by which one page follows another."""

import re
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
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce

from signatures.identity.search_keys import SearchQuery
from signatures.statements.models.switch import Switch

if TYPE_CHECKING:
    from signatures.signing.models.signature import Signature
    from signatures.statements.models.sector import Sector
    from signatures.statements.models.statement import Statement

NOTABLES_THEN_NEWEST = (F("notable").desc(), F("confirmed_at").desc(), F("id").desc())
NAME_ORDER = (F("sort_key").asc(), F("id").asc())
CURSOR_STRUCT, ROW_STRUCT = Struct(">?qQ"), Struct(">Q")
MAX_CURSOR_LENGTH = 400
Order = list[bytes] | None  # associated data of the encryption: it binds a cursor to one order
NAME_ORDER_LABEL: Order = [b"by name"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR_TEXT = re.compile("[A-Za-z0-9_-]+")


class BadCursor(ValueError):
    """Raised for a text that is not one of our cursors."""


@dataclass(frozen=True)
class Cursor:
    """A position in the list from the newest.

    It is encrypted, because it has an id and an exact time, and neither is public. The encryption is deterministic, so
    that a page has one address and caches can keep it.
    """

    notable: bool
    confirmed_at: datetime
    id: int

    def __str__(self) -> str:
        microseconds = (self.confirmed_at - EPOCH) // timedelta(microseconds=1)
        return _encrypt(CURSOR_STRUCT.pack(self.notable, microseconds, self.id))

    @classmethod
    def of(cls, signature: "Signature") -> Self:
        """The place of a listed signature, which always has its moment."""
        return cls(signature.notable, signature.confirmed_at, signature.id)  # type: ignore[arg-type]

    @classmethod
    def parse(cls, text: str) -> Self:
        try:
            notable, microseconds, signature_id = CURSOR_STRUCT.unpack(_decrypt(text))
            return cls(notable, EPOCH + timedelta(microseconds=microseconds), signature_id)
        except (StructError, OverflowError):
            raise BadCursor from None


@dataclass(frozen=True)
class NameCursor:
    """A position in the list from A to Z, encrypted in the same way. Its length depends on the name."""

    sort_key: str
    id: int

    def __str__(self) -> str:
        return "~" + _encrypt(ROW_STRUCT.pack(self.id) + self.sort_key.encode(), NAME_ORDER_LABEL)

    @classmethod
    def of(cls, signature: "Signature") -> Self:
        return cls(signature.sort_key, signature.id)

    @classmethod
    def parse(cls, text: str) -> Self:
        if not text.startswith("~"):
            raise BadCursor
        opened = _decrypt(text.removeprefix("~"), NAME_ORDER_LABEL)
        return cls(opened[ROW_STRUCT.size :].decode(), *ROW_STRUCT.unpack(opened[: ROW_STRUCT.size]))


def parse_cursor(text: str) -> Cursor | NameCursor:
    return NameCursor.parse(text) if text.startswith("~") else Cursor.parse(text)


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


def _encrypt(place: bytes, order: Order = None) -> str:
    return urlsafe_b64encode(_cipher(settings.SECRET_KEY).encrypt(place, order)).decode().rstrip("=")


def _decrypt(text: str, order: Order = None) -> bytes:
    """Rejects every text that `_encrypt` would not write, such as another base64 spelling."""
    if len(text) > MAX_CURSOR_LENGTH or not CURSOR_TEXT.fullmatch(text):
        raise BadCursor
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            encrypted = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            return _cipher(key).decrypt(encrypted, order)
        except (InvalidTag, ValueError):
            continue
    raise BadCursor


@lru_cache
def _cipher(secret: str) -> AESSIV:
    return AESSIV(HKDF(SHA512(), length=64, salt=None, info=b"signatures.list.cursor").derive(secret.encode()))

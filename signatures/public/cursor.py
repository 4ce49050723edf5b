"""Makes and reads the encrypted cursors by which one page of the public list follows another."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from struct import error as StructError
from typing import Self, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from signatures.signing.models.public_queryset import PublicQuerySet
from signatures.signing.models.signature import Signature

S = TypeVar("S", bound=PublicQuerySet)


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
    """Holds a position in the list from the newest.

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
    def of(cls, signature: Signature) -> Self:
        """Returns the position of a listed signature, whose `confirmed_at` is never empty."""
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
    def of(cls, signature: Signature) -> Self:
        return cls(signature.sort_key, signature.id)

    @classmethod
    def parse(cls, text: str) -> Self:
        if not text.startswith("~"):
            raise BadCursor
        content = _decrypt(text.removeprefix("~"), NAME_ORDER_LABEL)
        return cls(content[ROW_STRUCT.size :].decode(), *ROW_STRUCT.unpack(content[: ROW_STRUCT.size]))


def after(signatures: S, cursor: Cursor | NameCursor) -> S:
    """Returns the signatures that follow a cursor, in its order."""
    if isinstance(cursor, NameCursor):
        return signatures.filter(TupleGreaterThan((F("sort_key"), F("id")), (cursor.sort_key, cursor.id)))
    place = (cursor.notable, cursor.confirmed_at, cursor.id)
    return signatures.filter(TupleLessThan((F("notable"), F("confirmed_at"), F("id")), place))


def parse_cursor(text: str) -> Cursor | NameCursor:
    return NameCursor.parse(text) if text.startswith("~") else Cursor.parse(text)


def _encrypt(position: bytes, order: Order = None) -> str:
    return urlsafe_b64encode(_cipher(settings.SECRET_KEY).encrypt(position, order)).decode().rstrip("=")


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

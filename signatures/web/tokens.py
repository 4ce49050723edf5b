"""Links that are mailed: signed, made for one purpose, dated. They are derived and never stored."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.core.signing import BadSignature, Signer

MAX_TOKEN_LENGTH = 200  # characters


class Purpose(StrEnum):
    CONFIRM = "confirm"
    THANKS = "thanks"
    OWN_PAGE = "own-page"
    NOT_ME = "not-me"
    INVITATION = "invitation"  # its subject is an invitation
    NO_INVITATIONS = "no-invitations"  # so is the subject of this one
    UNSUBSCRIBE = "unsubscribe"
    NO_UPDATES = "no-updates"


class BadToken(Exception):
    """Forged, cut in two, or made for another purpose."""


@dataclass(frozen=True)
class LinkToken:
    subject_id: int  # of a signature, or of an invitation where the purpose is about one
    generation: int
    issued_at: datetime

    def is_older_than(self, age: timedelta, *, now: datetime) -> bool:
        return now - self.issued_at > age


def make(purpose: Purpose, *, subject_id: int, generation: int, issued_at: datetime) -> str:
    """The same arguments give the same token, so that every try of one mail carries one link."""
    return _signer(purpose).sign_object([subject_id, generation, int(issued_at.timestamp())])


def read(purpose: Purpose, token: str) -> LinkToken:
    if len(token) > MAX_TOKEN_LENGTH:
        raise BadToken
    try:
        subject_id, generation, issued = _signer(purpose).unsign_object(token)
        return LinkToken(subject_id, generation, datetime.fromtimestamp(issued, UTC))
    except (BadSignature, ValueError, TypeError, OverflowError):
        raise BadToken from None


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"signatures.{purpose}.", sep=".")

"""Makes and reads the tokens in mailed links. A token is signed, dated, and valid for one purpose; none is stored."""

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
    NO_INVITATIONS = "no-invitations"  # its subject is an invitation too
    UNSUBSCRIBE = "unsubscribe"
    NO_UPDATES = "no-updates"


class BadToken(Exception):
    """Raised for a token that is forged, incomplete, or made for another purpose."""


@dataclass(frozen=True)
class LinkToken:
    subject_id: int  # the id of a signature or an invitation, depending on the purpose
    generation: int
    issued_at: datetime

    def is_older_than(self, age: timedelta, *, now: datetime) -> bool:
        return now - self.issued_at > age


def make(purpose: Purpose, *, subject_id: int, generation: int, issued_at: datetime) -> str:
    """Returns the same token for the same arguments, so that every attempt to send an email has the same link."""
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

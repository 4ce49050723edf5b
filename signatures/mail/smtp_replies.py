"""What a mail server's answer means for the mail, for its provider and for us."""

import re
from dataclasses import dataclass
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Self

MAX_REPLY_LENGTH = 300
SESSION_ERRORS = (SMTPConnectError, SMTPHeloError, SMTPAuthenticationError, SMTPSenderRefused)
MAILBOX_STATUS_CODES = re.compile(r"4\.[12]\.\d")  # RFC 3463: it is full, away, or greets strangers late


@dataclass(frozen=True)
class Answer:
    """`code` is None where the line went dead without one. `words` hold no address and no link."""

    code: int | None
    words: str
    is_session_error: bool = False
    is_recipient_error: bool = False

    @classmethod
    def of(cls, error: SMTPException | OSError) -> Self:
        if isinstance(error, SMTPRecipientsRefused):
            code, said = next(iter(error.recipients.values()))
            return cls(code, _redacted(code, said), is_recipient_error=True)
        if isinstance(error, SMTPResponseException):
            words = _redacted(error.smtp_code, error.smtp_error)
            return cls(error.smtp_code, words, is_session_error=isinstance(error, SESSION_ERRORS))
        return cls(None, type(error).__name__)

    @property
    def is_final(self) -> bool:
        return self.code is not None and self.code >= 500

    @property
    def closes_connection(self) -> bool:
        return self.code is None or self.code == 421

    @property
    def starts_a_cooldown(self) -> bool:
        """A refusal for the moment by the mail provider, and not one about the mailbox alone."""
        return not self.is_final and not MAILBOX_STATUS_CODES.search(self.words)


def _redacted(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(word for word in f"{code} {text}".split() if "@" not in word and "/" not in word)[:MAX_REPLY_LENGTH]

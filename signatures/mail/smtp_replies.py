"""Interprets the reply of a mail server: for the email, for its provider and for the connection."""

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
MAILBOX_STATUS_CODES = re.compile(r"4\.[12]\.\d")  # RFC 3463: full, unavailable, or greylisting


@dataclass(frozen=True)
class SmtpReply:
    """`code` is None if the connection broke without a reply. `reply_text` contains no address and no link."""

    code: int | None
    reply_text: str
    is_session_error: bool = False
    is_recipient_error: bool = False

    @classmethod
    def from_error(cls, error: SMTPException | OSError) -> Self:
        if isinstance(error, SMTPRecipientsRefused):
            code, text = next(iter(error.recipients.values()))
            return cls(code, _redacted(code, text), is_recipient_error=True)
        if isinstance(error, SMTPResponseException):
            reply_text = _redacted(error.smtp_code, error.smtp_error)
            return cls(error.smtp_code, reply_text, is_session_error=isinstance(error, SESSION_ERRORS))
        return cls(None, type(error).__name__)

    @property
    def is_final(self) -> bool:
        return self.code is not None and self.code >= 500

    @property
    def closes_connection(self) -> bool:
        return self.code is None or self.code == 421

    @property
    def starts_a_cooldown(self) -> bool:
        """Tells whether the provider refuses email temporarily, and not for this mailbox only."""
        return not self.is_final and not MAILBOX_STATUS_CODES.search(self.reply_text)


def _redacted(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(word for word in f"{code} {text}".split() if "@" not in word and "/" not in word)[:MAX_REPLY_LENGTH]

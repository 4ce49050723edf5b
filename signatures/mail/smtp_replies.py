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

LONGEST = 300
OF_THE_SESSION = (SMTPConnectError, SMTPHeloError, SMTPAuthenticationError, SMTPSenderRefused)
OF_THE_MAILBOX = re.compile(r"4\.[12]\.\d")  # RFC 3463: it is full, away, or greets strangers late


@dataclass(frozen=True)
class Answer:
    """`code` is None where the line went dead without one. `words` hold no address and no link."""

    code: int | None
    words: str
    is_about_us: bool = False
    is_about_recipient: bool = False

    @classmethod
    def of(cls, error: SMTPException | OSError) -> Self:
        if isinstance(error, SMTPRecipientsRefused):
            code, said = next(iter(error.recipients.values()))
            return cls(code, _discreet(code, said), is_about_recipient=True)
        if isinstance(error, SMTPResponseException):
            words = _discreet(error.smtp_code, error.smtp_error)
            return cls(error.smtp_code, words, is_about_us=isinstance(error, OF_THE_SESSION))
        return cls(None, type(error).__name__)

    @property
    def is_final(self) -> bool:
        return self.code is not None and self.code >= 500

    @property
    def ends_the_connection(self) -> bool:
        return self.code is None or self.code == 421

    @property
    def starts_a_cooldown(self) -> bool:
        """A refusal for the moment by the mail provider, and not one about the mailbox alone."""
        return not self.is_final and not OF_THE_MAILBOX.search(self.words)


def _discreet(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(word for word in f"{code} {text}".split() if "@" not in word and "/" not in word)[:LONGEST]

"""Checks that nothing that is logged during tests shows who signed, or a working link.

It collects every mailbox, name and token that tests pass to the code, and searches the log lines in the format of
production.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from signatures.identity import mailbox
from signatures.operations.log_format import FORMATTERS, mask
from signatures.signing.models.signature import Signature
from signatures.web import tokens
from tests.dumps import USED

MIN_SECRET_LENGTH = 6  # characters; shorter words may be in any line
FOREIGN_LOGGERS = ("mail.log", "asyncio", "faker", "hypothesis")  # of test tools


@dataclass
class KnownSecrets:
    """The secrets that tests passed to the code since the last check."""

    words: set[str] = field(default_factory=set)

    def note(self, *words: str) -> None:
        self.words.update(word for word in words if len(word) >= MIN_SECRET_LENGTH)

    def in_text(self, text: str) -> list[str]:
        return sorted(word for word in self.words if word in text)


class Ear(logging.Handler):
    """Records what the console would show."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in FOREIGN_LOGGERS:
            self.lines += [formatter().format(record) for formatter in FORMATTERS.values()]

    def recorded_text(self) -> str:
        text, self.lines = "\n".join(self.lines), []
        return text


SECRETS, EAR = KnownSecrets(), Ear()


def note_secrets(patch: pytest.MonkeyPatch) -> None:
    _note(patch, mailbox, "parse", lambda typed: _note_both(typed.strip()))
    _note(patch, tokens, "read", lambda purpose, token: _note_both(token))
    _note(patch, Signature, "rename", lambda self, name: SECRETS.note(name))
    make = tokens.make

    def noted(*args, **kwargs) -> str:
        _note_both(token := make(*args, **kwargs))
        return token

    patch.setattr(tokens, "make", noted)


def _note_both(word: str) -> None:
    """Notes a word that neither the log nor the database may contain."""
    SECRETS.note(word)
    USED.note(word)


def leaks_in_logs() -> list[str]:
    """Returns the secrets in the log of this process since the last call."""
    leaks = SECRETS.in_text(EAR.recorded_text())
    SECRETS.words.clear()
    return leaks


def leaks_in(log: Path) -> list[str]:
    """Returns the secrets in the log of another process, whose visitors come from tests/drills/crowd.py."""
    text = log.read_text(encoding="utf-8", errors="replace")
    names = [*SECRETS.in_text(text), *re.findall(r"Ilse Varga|signer-\d+", text)]
    return [f"{log.name}: {leak}" for leak in (*names, *(line for line in text.splitlines() if mask(line) != line))]


def _note(patch: pytest.MonkeyPatch, owner: object, name: str, note: Callable[..., None]) -> None:
    original = getattr(owner, name)

    def noted(*args, **kwargs):
        note(*args, **kwargs)
        return original(*args, **kwargs)

    patch.setattr(owner, name, noted)

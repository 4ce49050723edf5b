"""Nothing that is logged while tests run may tell who signed, or hold a link that works.

What tests give to the code is noted on its way in: every mailbox, name and token. Log lines are read as they would be
written in production.
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

MIN_SECRET_LENGTH = 6  # characters; what is shorter may be part of any line
FOREIGN_LOGGERS = ("mail.log", "asyncio", "faker", "hypothesis")  # what tests are made with


@dataclass
class KnownSecrets:
    """What was given to the code since the last look."""

    known: set[str] = field(default_factory=set)

    def note(self, *words: str) -> None:
        self.known.update(word for word in words if len(word) >= MIN_SECRET_LENGTH)

    def in_text(self, text: str) -> list[str]:
        return sorted(word for word in self.known if word in text)


class Ear(logging.Handler):
    """Hears what the console would show."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in FOREIGN_LOGGERS:
            self.lines += [formatter().format(record) for formatter in FORMATTERS.values()]

    def recorded_text(self) -> str:
        heard, self.lines = "\n".join(self.lines), []
        return heard


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
    """What neither a log nor the database may hold."""
    SECRETS.note(word)
    USED.note(word)


def leaks_in_logs() -> list[str]:
    """What the logs of this process have given away since the last call."""
    told = SECRETS.in_text(EAR.recorded_text())
    SECRETS.known.clear()
    return told


def leaks_in(log: Path) -> list[str]:
    """What the log of a process of its own gives away. Its visitors are those of tests/drills/crowd.py."""
    text = log.read_text(encoding="utf-8", errors="replace")
    people = [*SECRETS.in_text(text), *re.findall(r"Ilse Varga|signer-\d+", text)]
    return [f"{log.name}: {each}" for each in (*people, *(line for line in text.splitlines() if mask(line) != line))]


def _note(patch: pytest.MonkeyPatch, owner: object, name: str, note: Callable[..., None]) -> None:
    original = getattr(owner, name)

    def noted(*args, **kwargs):
        note(*args, **kwargs)
        return original(*args, **kwargs)

    patch.setattr(owner, name, noted)

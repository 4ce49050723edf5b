"""Checks that the database holds no mailbox and no working link in plain text.

USED collects every mailbox and token that tests use. pg_dump dumps the database that they leave, and the dump is
searched for them. Names are not checked, because the site shows them.
"""

import re
import subprocess
from dataclasses import dataclass, field
from email.message import EmailMessage

from tools.dev.postgres_paths import postgres_binaries

# A match begins at the start of a run of its characters, or right after another match. Without these look-behinds, each
# character of an encrypted value would be tried as a start, which takes minutes for 60,000 rows.
LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
MAILBOX = re.compile(rf"(?:(?<!{LOCAL})|(?<=[\w-])(?=[^\w-])){LOCAL}+@[\w-]+(?:\.[\w-]+)+")
TOKEN = re.compile(r"(?<![\w-])[\w-]{20,}\.[\w-]{20,}")
LINK = re.compile(rf"https?://[^\s\"<>]+/({TOKEN.pattern})/?")
BYTES = re.compile(r"\\\\x([0-9a-f]+)")  # a bytea in the format of COPY


@dataclass
class UsedValues:
    """Collects mailboxes in lower case, and the signature part of tokens."""

    mailboxes: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    def note(self, *words: str) -> None:
        for word in words:
            if MAILBOX.fullmatch(word):
                self.mailboxes.add(word.lower())
            elif TOKEN.fullmatch(word):
                self.tokens.add(_seal_of(word))

    def note_mail(self, to: str, message: EmailMessage) -> None:
        self.note(to, *(token for entity in message.walk() for token in _tokens_in(entity)))

    def in_text(self, text: str) -> list[str]:
        """Returns the collected values that the text contains, as text or as bytes, in time linear to its length."""
        text += "\n".join(bytes.fromhex(digits).decode("latin-1") for digits in BYTES.findall(text))
        mailboxes = {match.lower().strip(".'") for match in MAILBOX.findall(text)}
        seals = {_seal_of(match) for match in TOKEN.findall(text)} | set(re.findall(r"[\w-]{20,}", text))
        return sorted((mailboxes & self.mailboxes) | (seals & self.tokens))


USED = UsedValues()


def leaks_in_dump(database_url: str) -> list[str]:
    return USED.in_text(dump_database(database_url))


def dump_database(database_url: str) -> str:
    command = [str(postgres_binaries() / "pg_dump"), "--dbname", database_url, "--no-owner"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _tokens_in(entity: EmailMessage) -> list[str]:
    if entity.get_content_maintype() != "text":
        return []
    return LINK.findall(entity.get_content())


def _seal_of(token: str) -> str:
    return token.rpartition(".")[2]

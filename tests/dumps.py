"""Nothing that is stored tells who used the site, or holds a link that works.

Every mailbox and every token that tests use is noted in USED; what they leave in a database is dumped by pg_dump and
searched. Names are not looked for: to show them is what the site is for.
"""

import re
import subprocess
from dataclasses import dataclass, field
from email.message import EmailMessage

from tools.dev.postgres_paths import postgres_binaries

# A match begins where a run of its letters does, or right behind another match. Without saying so, each letter of what
# is sealed would be tried as a beginning: minutes, for sixty thousand rows.
LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
MAILBOX = re.compile(rf"(?:(?<!{LOCAL})|(?<=[\w-])(?=[^\w-])){LOCAL}+@[\w-]+(?:\.[\w-]+)+")
TOKEN = re.compile(r"(?<![\w-])[\w-]{20,}\.[\w-]{20,}")
LINK = re.compile(rf"https?://[^\s\"<>]+/({TOKEN.pattern})/?")
BYTES = re.compile(r"\\\\x([0-9a-f]+)")  # a bytea, as COPY writes it


@dataclass
class UsedValues:
    """Mailboxes in lower case; of tokens the half that nobody can make without the key."""

    mailboxes: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    def note(self, *words: str) -> None:
        for word in words:
            if MAILBOX.fullmatch(word):
                self.mailboxes.add(word.lower())
            elif TOKEN.fullmatch(word):
                self.tokens.add(_seal_of(word))

    def note_mail(self, to: str, message: EmailMessage) -> None:
        self.note(to, *(token for part in message.walk() for token in _tokens_in(part)))

    def in_text(self, text: str) -> list[str]:
        """Whatever of it is there, in clear or as bytes; in the dump of a large table as soon as in a small one's."""
        text += "\n".join(bytes.fromhex(digits).decode("latin-1") for digits in BYTES.findall(text))
        mailboxes = {found.lower().strip(".'") for found in MAILBOX.findall(text)}
        seals = {_seal_of(found) for found in TOKEN.findall(text)} | set(re.findall(r"[\w-]{20,}", text))
        return sorted((mailboxes & self.mailboxes) | (seals & self.tokens))


USED = UsedValues()


def leaks_in_dump(database_url: str) -> list[str]:
    return USED.in_text(dump_database(database_url))


def dump_database(database_url: str) -> str:
    command = [str(postgres_binaries() / "pg_dump"), "--dbname", database_url, "--no-owner"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _tokens_in(part: EmailMessage) -> list[str]:
    if part.get_content_maintype() != "text":
        return []
    return LINK.findall(part.get_content())


def _seal_of(token: str) -> str:
    return token.rpartition(".")[2]

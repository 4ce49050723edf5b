"""Which columns an export has, by what its reader may see at the desk. Their headings are the same in every language,
so that a program can rely on them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken

from signatures.identity import mailbox

Row = dict[str, Any]

UNREADABLE = "(its key is no longer in FIELD_KEY)"


@dataclass(frozen=True)
class Column:
    heading: str
    fields: tuple[str, ...]
    text: Callable[[Row], str]


def columns_for(*, is_of_desk: bool, with_mailboxes: bool) -> list[Column]:
    """`is_of_desk`: for who reads signatures at the desk, and so may know more than the public."""
    return [*PUBLIC, *(OF_DESK if is_of_desk else []), *([MAILBOX] if with_mailboxes else [])]


def _plain(heading: str, field: str = "") -> Column:
    return Column(heading, (field or heading,), lambda row: str(row[field or heading]))


def _yes(heading: str) -> Column:
    return Column(heading, (heading,), lambda row: "yes" if row[heading] else "no")


def _moment(heading: str, field: str) -> Column:
    def text(row: Row) -> str:
        found: datetime | None = row[field]
        return found.isoformat(sep=" ", timespec="seconds") if found else ""

    return Column(heading, (field,), text)


def _standing(row: Row) -> str:
    """Whether the public sees the name, and why not."""
    if row["listed"]:
        return "names hidden" if row["names_hidden"] else "shown"
    if not row["counted"]:
        return "not counted"
    return "anonymous" if row["visibility"] == "anonymous" else "hidden"


def _address(row: Row) -> str:
    try:
        return mailbox.unseal(row["mailbox"]) if row["mailbox"] else ""
    except InvalidToken:
        return UNREADABLE


PUBLIC = [
    _plain("statement", "statement__slug"),
    _plain("name"),
    _plain("credit"),
    _plain("organisation"),
    _plain("website"),
    _plain("kind"),
    _plain("sector", "sector__slug"),
    _yes("notable"),
]
OF_DESK = [
    _plain("state"),
    _plain("officer"),
    _plain("officer_post"),
    Column("list", ("listed", "counted", "visibility"), _standing),
    _plain("language"),
    _plain("version", "version__digest"),
    _moment("signed_at", "created_at"),
    _moment("confirmed_at", "confirmed_at"),
    _yes("updates"),
    Column("flags", ("flags",), lambda row: " ".join(row["flags"])),
]
MAILBOX = Column("mailbox", ("mailbox",), _address)

"""Chooses the columns of an export by what the user may see in the admin.

The headings are the same in every language, so that programs can rely on them.
"""

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


def columns_for(*, for_desk: bool, with_mailboxes: bool) -> list[Column]:
    """Returns the columns. `for_desk` adds those for users who may see signatures in the admin."""
    return [*PUBLIC_COLUMNS, *(DESK_COLUMNS if for_desk else []), *([MAILBOX_COLUMN] if with_mailboxes else [])]


def _plain_column(heading: str, field: str = "") -> Column:
    return Column(heading, (field or heading,), lambda row: str(row[field or heading]))


def _boolean_column(heading: str) -> Column:
    return Column(heading, (heading,), lambda row: "yes" if row[heading] else "no")


def _datetime_column(heading: str, field: str) -> Column:
    def text(row: Row) -> str:
        moment: datetime | None = row[field]
        return moment.isoformat(sep=" ", timespec="seconds") if moment else ""

    return Column(heading, (field,), text)


def _list_status(row: Row) -> str:
    """Tells whether the name is on the public list, and if not, why."""
    if row["listed"]:
        return "names hidden" if row["names_hidden"] else "shown"
    if not row["counted"]:
        return "not counted"
    return "anonymous" if row["visibility"] == "anonymous" else "hidden"


def _mailbox_address(row: Row) -> str:
    try:
        return mailbox.decrypt_address(row["mailbox"]) if row["mailbox"] else ""
    except InvalidToken:
        return UNREADABLE


PUBLIC_COLUMNS = [
    _plain_column("statement", "statement__slug"),
    _plain_column("name"),
    _plain_column("credit"),
    _plain_column("organisation"),
    _plain_column("website"),
    _plain_column("kind"),
    _plain_column("sector", "sector__slug"),
    _boolean_column("notable"),
]
DESK_COLUMNS = [
    _plain_column("state"),
    _plain_column("officer"),
    _plain_column("officer_post"),
    Column("list", ("listed", "counted", "visibility"), _list_status),
    _plain_column("language"),
    _plain_column("version", "version__digest"),
    _datetime_column("signed_at", "created_at"),
    _datetime_column("confirmed_at", "confirmed_at"),
    _boolean_column("updates"),
    Column("flags", ("flags",), lambda row: " ".join(row["flags"])),
]
MAILBOX_COLUMN = Column("mailbox", ("mailbox",), _mailbox_address)

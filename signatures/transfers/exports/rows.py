from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from signatures.signing.models.signature import Signature, SignatureQuerySet
from signatures.statements.models.switch import Switch
from signatures.transfers.exports.columns import Column, Row
from signatures.transfers.exports.one_snapshot import database_snapshot

BATCH = 2000


@dataclass(frozen=True)
class RowSelection:
    """Whose rows: with these values, and, where `only_shown`, none but those whose names the public sees."""

    only_listed: bool = True
    having: dict[str, Any] = field(default_factory=dict)

    def signatures(self) -> SignatureQuerySet:
        found = Signature.objects.listed() if self.only_listed else Signature.objects.all()
        return found.filter(**self.having)


def row_batches(wanted: RowSelection, columns: Sequence[Column]) -> Iterator[list[list[str]]]:
    """The texts of the rows, by id, some at a time: each batch is a short query of its own, so that this process never
    holds more. All of them see one moment: what somebody changes while a file is written is in none of its rows, and
    the rows are as many as the count was."""
    with database_snapshot():
        yield from _batches(wanted, columns)


def _batches(wanted: RowSelection, columns: Sequence[Column]) -> Iterator[list[list[str]]]:
    names = {"id", "statement_id", *(name for column in columns for name in column.fields)}
    last = 0
    while rows := list(wanted.signatures().filter(id__gt=last).order_by("id").values(*names)[:BATCH]):
        _mark_hidden_names(rows)
        last = rows[-1]["id"]
        yield [[column.text(row) for column in columns] for row in rows]


def _mark_hidden_names(rows: list[Row]) -> None:
    switches = Switch.objects.filter(name=Switch.Name.HIDE_NAMES)
    hidden = set(switches.values_list("statement_id", flat=True))
    for row in rows:
        row["names_hidden"] = None in hidden or row["statement_id"] in hidden

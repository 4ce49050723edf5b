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
    """Selects the rows of an export: `filters`, and with `only_listed` only signatures on the public list."""

    only_listed: bool = True
    filters: dict[str, Any] = field(default_factory=dict)

    def signatures(self) -> SignatureQuerySet:
        signatures = Signature.objects.listed() if self.only_listed else Signature.objects.all()
        return signatures.filter(**self.filters)


def row_batches(selection: RowSelection, columns: Sequence[Column]) -> Iterator[list[list[str]]]:
    """Yields the cells of the rows in batches, ordered by id.

    Each batch is a short query, so that the process never holds more than one batch. All batches see one snapshot:
    changes made while the file is written are not in it.
    """
    with database_snapshot():
        yield from _batches(selection, columns)


def _batches(selection: RowSelection, columns: Sequence[Column]) -> Iterator[list[list[str]]]:
    names = {"id", "statement_id", *(name for column in columns for name in column.fields)}
    last = 0
    while rows := list(selection.signatures().filter(id__gt=last).order_by("id").values(*names)[:BATCH]):
        _mark_hidden_names(rows)
        last = rows[-1]["id"]
        yield [[column.text(row) for column in columns] for row in rows]


def _mark_hidden_names(rows: list[Row]) -> None:
    switches = Switch.objects.filter(name=Switch.Name.HIDE_NAMES)
    hidden = set(switches.values_list("statement_id", flat=True))
    for row in rows:
        row["names_hidden"] = None in hidden or row["statement_id"] in hidden

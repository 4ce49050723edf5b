import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from signatures.transfers.exports.formula_injection import escape_formula

BOM = "\ufeff"  # tells Excel that the file is UTF-8


def csv_file(headings: Sequence[str], batches: Iterable[list[list[str]]]) -> Iterator[bytes]:
    yield (BOM + _lines([list(headings)])).encode()
    for rows in batches:
        yield _lines(rows).encode()


def _lines(rows: Iterable[list[str]]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerows([escape_formula(text) for text in row] for row in rows)
    return buffer.getvalue()

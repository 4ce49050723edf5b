"""An Excel workbook. XlsxWriter keeps one row in memory and writes the rest to a temporary folder of this process,
which is gone when the file has been sent or has failed.

Each cell is a string, never a number, a date or a formula. What could be taken for a formula also has the style
that Excel gives to a text typed behind an apostrophe, so that editing the cell makes no formula of it either.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from signatures.transfers.exports.formula_injection import may_be_formula

MOST_ROWS = 1_048_576  # what Excel opens; then another sheet begins
PART = 64 * 1024  # bytes


def xlsx_file(
    headings: Sequence[str], batches: Iterable[list[list[str]]], *, most_rows: int = MOST_ROWS
) -> Iterator[bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "signatures.xlsx")
        with Workbook(str(path), {"constant_memory": True, "tmpdir": folder}) as book:
            _fill(book, headings, chain.from_iterable(batches), most_rows)
        with path.open("rb") as file:
            while part := file.read(PART):
                yield part


def _fill(book: Workbook, headings: Sequence[str], rows: Iterable[list[str]], most_rows: int) -> None:
    heading, text, formula = (
        book.add_format({"num_format": "@", **more}) for more in ({"bold": True}, {}, {"quote_prefix": True})
    )
    sheet, number = _sheet(book, headings, heading), 0
    for row in rows:
        if number == most_rows - 1:
            sheet, number = _sheet(book, headings, heading), 0
        number += 1
        for column, value in enumerate(row):
            if value:
                sheet.write_string(number, column, _encodable(value), formula if may_be_formula(value) else text)


def _sheet(book: Workbook, headings: Sequence[str], style: Format) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(f"Signatures {len(book.worksheets()) + 1}")
    sheet.freeze_panes(1, 0)
    for column, value in enumerate(headings):
        sheet.write_string(0, column, value, style)
    return sheet


def _encodable(text: str) -> str:
    """Without half a surrogate pair, which no file can hold."""
    return text.encode(errors="replace").decode()

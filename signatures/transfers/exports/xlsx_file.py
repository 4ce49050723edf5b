"""Writes an Excel workbook. XlsxWriter keeps one row in memory and writes the rest to a temporary folder, which is
deleted after the file was sent or has failed.

Each cell is a string, never a number, a date or a formula. A text that looks like a formula also gets the style that
Excel gives to a text typed after an apostrophe, so that editing the cell does not turn it into a formula.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from signatures.transfers.exports.formula_injection import may_be_formula

MAX_SHEET_ROWS = 1_048_576  # the limit of Excel; further rows go to the next sheet
CHUNK_SIZE = 64 * 1024  # bytes


def xlsx_file(
    headings: Sequence[str], batches: Iterable[list[list[str]]], *, max_rows: int = MAX_SHEET_ROWS
) -> Iterator[bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "signatures.xlsx")
        with Workbook(str(path), {"constant_memory": True, "tmpdir": folder}) as book:
            _fill(book, headings, chain.from_iterable(batches), max_rows)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_SIZE):
                yield chunk


def _fill(book: Workbook, headings: Sequence[str], rows: Iterable[list[str]], max_rows: int) -> None:
    heading, text, formula = (
        book.add_format({"num_format": "@", **more}) for more in ({"bold": True}, {}, {"quote_prefix": True})
    )
    sheet, number = _sheet(book, headings, heading), 0
    for row in rows:
        if number == max_rows - 1:
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
    """Replaces lone surrogates, which cannot be encoded as UTF-8."""
    return text.encode(errors="replace").decode()

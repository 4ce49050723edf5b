"""Reads the first sheet of a workbook row by row. Formulas are read as text, so that the form refuses them."""

import warnings
from collections.abc import Iterator
from datetime import date, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from signatures.web.tables.file_errors import UnreadableFile
from signatures.web.tables.limits import MAX_COLUMNS, MAX_UNPACKED_BYTES

MAX_SHEET_ROWS = 1_048_576  # the limit of Excel
ZIP_SIGNATURE, OLD_XLS_SIGNATURE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
FORMULA = "="


def refuse_wrong_format(content: bytes) -> None:
    """Refuses other formats and zip bombs. An archive states its size, and zipfile never unpacks more than that."""
    if content.startswith(OLD_XLS_SIGNATURE):
        raise UnreadableFile("old_workbook")
    if not content.startswith(ZIP_SIGNATURE):
        raise UnreadableFile("not_workbook")
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (BadZipFile, OSError, ValueError):
        raise UnreadableFile("damaged") from None
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableFile("bomb")
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise UnreadableFile("not_workbook")


def read_rows(content: bytes) -> Iterator[list[str]]:
    """Yields the cells of each row. Every error of openpyxl about a damaged file becomes UnreadableFile."""
    at = 0
    try:
        rows = _open(content)
        while (row := _next_row(rows)) is not None:
            at += 1
            yield [_text(value) for value in row]
    except UnreadableFile:
        raise
    except Exception:
        raise UnreadableFile("damaged", at + 1 if at else 0) from None


def _open(content: bytes) -> Iterator[tuple[Any, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # the stated size of a sheet may be wrong
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
    return rows


def _next_row(rows: Iterator[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """Reads one row. Warnings of openpyxl about features that it ignores do not concern cells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next(rows, None)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float | date | time) else FORMULA

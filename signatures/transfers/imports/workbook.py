"""The first sheet of a workbook, a row at a time. Formulas come as they are written, so that the form refuses them."""

import warnings
from collections.abc import Iterator
from datetime import date, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from signatures.transfers.imports.file_errors import UnreadableFile
from signatures.web.limits import MAX_COLUMNS, MAX_UNPACKED_BYTES

MOST_ROWS = 1_048_576  # of a sheet
ZIP_SIGNATURE, OLD_XLS_SIGNATURE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
FORMULA = "="


def refuse_wrong_format(content: bytes) -> None:
    """A zip archive says how large it is, and no more than that is ever unpacked of it."""
    if content.startswith(OLD_XLS_SIGNATURE):
        raise UnreadableFile("old_workbook")
    if not content.startswith(ZIP_SIGNATURE):
        raise UnreadableFile("not_workbook")
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError):
        raise UnreadableFile("damaged") from None
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise UnreadableFile("bomb")
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableFile("not_workbook")


def read_rows(content: bytes) -> Iterator[list[str]]:
    """Whatever is wrong inside of it, openpyxl complains of in a dozen ways."""
    at = 0
    try:
        found = _open(content)
        while (row := _next_row(found)) is not None:
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
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    found: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
    return found


def _next_row(found: Iterator[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """openpyxl warns of what it leaves out, none of which is a name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next(found, None)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float | date | time) else FORMULA

"""Reads lines of cells from a CSV or XLSX file. The first line contains the column names."""

from collections.abc import Iterator

from signatures.transfers.imports import workbook
from signatures.web.tables import csv_table
from signatures.web.tables.file_errors import UnreadableFile
from signatures.web.tables.limits import MAX_CELL_LENGTH, MAX_COLUMNS, MAX_IMPORT_BYTES, MAX_IMPORT_LINES

Line = tuple[int, list[str]]
"""The line number, as a spreadsheet shows it, and the cells."""

MAX_CELL_KEPT = 2001  # characters: one more than the form accepts, so that the form reports it
KINDS = {".csv": csv_table, ".tsv": csv_table, ".txt": csv_table, ".xlsx": workbook}


def refuse_unreadable(name: str, content: bytes) -> None:
    """Raises UnreadableFile for errors that are visible without parsing the file."""
    if len(content) > MAX_IMPORT_BYTES:
        raise UnreadableFile("large")
    if not content:
        raise UnreadableFile("empty")
    _reader_for(name).refuse_wrong_format(content)


def read_lines(name: str, content: bytes) -> Iterator[Line]:
    """Yields the line of column names, then each line that is not empty. Raises UnreadableFile at any line."""
    refuse_unreadable(name, content)
    lines = (
        (at, _without_empty_end(at, cells)) for at, cells in enumerate(_reader_for(name).read_rows(content), start=1)
    )
    heading = _heading(next(lines, (1, [])))
    yield heading
    count = 0
    for at, cells in lines:
        if cells:
            count += 1
            yield at, cells[: len(heading[1]) + 1]
        if count > MAX_IMPORT_LINES or at > workbook.MAX_SHEET_ROWS:
            raise UnreadableFile("many")
    if not count:
        raise UnreadableFile("nobody")


def _reader_for(name: str):
    reader = KINDS.get("." + name.lower().rpartition(".")[2])
    if reader is None:
        raise UnreadableFile("ending")
    return reader


def _without_empty_end(at: int, cells: list[str]) -> list[str]:
    """Removes empty cells at the end of a line, and shortens long ones."""
    if any(len(cell) > MAX_CELL_LENGTH for cell in cells):
        raise UnreadableFile("cell", at)
    while cells and not cells[-1].strip():
        cells.pop()
    return [cell[:MAX_CELL_KEPT] for cell in cells]


def _heading(line: Line) -> Line:
    """Checks the line of column names. An address in it means that this is a signer and the names are missing."""
    cells = line[1]
    if not cells or any("@" in cell for cell in cells):
        raise UnreadableFile("heading")
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile("columns")
    if len(cells) == 1:
        raise UnreadableFile("one_column")
    return line

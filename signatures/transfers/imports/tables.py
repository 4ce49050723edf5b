"""Lines of cells, whatever kind of file they come in. The first line names the columns."""

from collections.abc import Iterator

from signatures.transfers.imports import csv_table, workbook
from signatures.transfers.imports.file_errors import UnreadableFile
from signatures.web.limits import MAX_CELL_LENGTH, MAX_COLUMNS, MAX_IMPORT_BYTES, MAX_IMPORT_LINES

Line = tuple[int, list[str]]
"""Its number as a spreadsheet shows it, and its cells."""

MAX_CELL_KEPT = 2001  # characters of a cell: one more than a form takes
KINDS = {".csv": csv_table, ".tsv": csv_table, ".txt": csv_table, ".xlsx": workbook}


def refuse_unreadable(name: str, content: bytes) -> None:
    """What can be told without reading it; BadFile says what is wrong."""
    if len(content) > MAX_IMPORT_BYTES:
        raise UnreadableFile("large")
    if not content:
        raise UnreadableFile("empty")
    _reader_for(name).refuse_wrong_format(content)


def read_lines(name: str, content: bytes) -> Iterator[Line]:
    """The names of the columns, then each line that says anything. BadFile may come at any line."""
    refuse_unreadable(name, content)
    lines = ((at, _without_empty_end(at, cells)) for at, cells in enumerate(_reader_for(name).read_rows(content), start=1))
    heading = _heading(next(lines, (1, [])))
    yield heading
    many = 0
    for at, cells in lines:
        if cells:
            many += 1
            yield at, cells[: len(heading[1]) + 1]
        if many > MAX_IMPORT_LINES or at > workbook.MOST_ROWS:
            raise UnreadableFile("many")
    if not many:
        raise UnreadableFile("nobody")


def _reader_for(name: str):
    found = KINDS.get("." + name.lower().rpartition(".")[2])
    if found is None:
        raise UnreadableFile("ending")
    return found


def _without_empty_end(at: int, cells: list[str]) -> list[str]:
    """Without what is empty at its end."""
    if any(len(cell) > MAX_CELL_LENGTH for cell in cells):
        raise UnreadableFile("cell", at)
    while cells and not cells[-1].strip():
        cells.pop()
    return [cell[:MAX_CELL_KEPT] for cell in cells]


def _heading(line: Line) -> Line:
    """An address in it says that it is somebody's line, and that the names of the columns are missing."""
    cells = line[1]
    if not cells or any("@" in cell for cell in cells):
        raise UnreadableFile("heading")
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile("columns")
    if len(cells) == 1:
        raise UnreadableFile("one_column")
    return line

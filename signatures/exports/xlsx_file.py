"""An Excel workbook (ECMA-376), written as it is sent: nobody waits for the last row, and no row is kept. The libraries
for it all need a whole file first, on disk or in memory.

Each cell is an inline string, never a number, a date or a formula. What could be taken for a formula also has the style
that Excel gives to a text typed behind an apostrophe, so that editing the cell makes no formula of it either.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from io import RawIOBase
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from signatures.exports.cells import may_compute

MOST_ROWS = 1_048_576  # what Excel opens; then another sheet begins
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
READS_AS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# 0: of nothing; 1: a text (format 49, "@"); 2: a text behind an apostrophe; 3: a heading
STYLES = f"""{HEAD}<styleSheet xmlns="{MAIN}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""
SHEET = f"""{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">\
<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>\
<sheetFormatPr defaultRowHeight="15"/><sheetData>"""
SHEET_END = "</sheetData></worksheet>"


class Sink(RawIOBase):
    """What has been written since the last look. A zip archive that cannot go back states sizes behind each file."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.written += data
        return len(data)

    def take(self) -> bytes:
        taken, self.written = bytes(self.written), bytearray()
        return taken


def xlsx_file(
    headings: Sequence[str], batches: Iterable[list[list[str]]], *, most_rows: int = MOST_ROWS
) -> Iterator[bytes]:
    sink = Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=4) as archive:
        sheets = 0
        for part in _sheets(batches, most_rows - 1):
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                _begin(sheet, headings)
                for rows in part:
                    sheet.write("".join(_row(row) for row in rows).encode())
                    yield sink.take()
                sheet.write(SHEET_END.encode())
        for name, text in _parts(sheets).items():
            archive.writestr(name, text)
    yield sink.take()


def _sheets(batches: Iterable[list[list[str]]], most: int) -> Iterator[Iterator[list[list[str]]]]:
    """The batches of each sheet, the first one even where there are none."""
    source = iter(batches)
    rest: list[list[list[str]]] = []

    def fill() -> Iterator[list[list[str]]]:
        room = most
        while room and (rows := rest.pop() if rest else next(source, None)):
            taken, left = rows[:room], rows[room:]
            room -= len(taken)
            if left:
                rest.append(left)
            yield taken
        if not room and not rest and (rows := next(source, None)):
            rest.append(rows)

    yield fill()
    while rest:
        yield fill()


def _begin(sheet: IO[bytes], headings: Sequence[str]) -> None:
    sheet.write((SHEET + "<row>" + "".join(_cell(text, 3) for text in headings) + "</row>").encode())


def _row(texts: list[str]) -> str:
    return "<row>" + "".join(_cell(text, 2 if may_compute(text) else 1) for text in texts) + "</row>"


def _cell(text: str, style: int) -> str:
    if not text:
        return f'<c s="{style}"/>'
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{_xml(text)}</t></is></c>'


def _xml(text: str) -> str:
    plain = READS_AS_ESCAPE.sub("_x005F_", NOT_IN_XML.sub("\ufffd", text))
    return escape(plain, {"\r": "&#13;"})


def _parts(sheets: int) -> dict[str, str]:
    numbers = range(1, sheets + 1)
    book = "".join(f'<sheet name="Signatures {n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n in numbers
    )
    return {
        "xl/styles.xml": STYLES,
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{sheets + 1}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{kinds}</Types>',
    }

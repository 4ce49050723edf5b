"""Reading of import files: usual formats are accepted, other files are refused with a clear message."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from signatures.transfers.imports import tables
from signatures.web.tables.file_errors import UnreadableFile, error_message

CSV = "name,email\nIlse Varga,ilse@example.org\n"
LINES = [(1, ["name", "email"]), (2, ["Ilse Varga", "ilse@example.org"])]
BOMB = 160_000_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = (
    f'<sst xmlns="{MAIN}"><si><t>name</t></si><si><t>email</t></si>'
    "<si><r><t>Ilse </t></r><r><t>Varga</t></r></si><si><t>ilse@example.org</t></si></sst>"
)
SHARED_KIND = (
    b'<Override PartName="/xl/sharedStrings.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def workbook(*rows, sheet="First") -> bytes:
    book, file = Workbook(), BytesIO()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Returns the workbook with one part replaced."""
    file = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for part_name in old.namelist():
            new.writestr(part_name, part if part_name == name else old.read(part_name))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
PEOPLE = workbook(["name", "email"], ["Ilse Varga", "ilse@example.org"])
PEOPLE_SHEET = ZipFile(BytesIO(PEOPLE)).read(SHEET)


def refused(name: str, content: bytes) -> tuple[str, int]:
    with pytest.raises(UnreadableFile) as bad:
        list(tables.read_lines(name, content))
    return bad.value.code, bad.value.line


class TestWhatIsRead:
    @pytest.mark.parametrize(
        "content",
        [
            CSV.encode(),
            CSV.encode("utf-8-sig"),
            CSV.encode("utf-16"),
            CSV.replace("\n", "\r\n").encode(),
            CSV.replace("\n", "\r").encode(),
            CSV.replace(",", ";").encode(),
            CSV.replace(",", "\t").encode(),
            CSV.replace("Ilse Varga", '"Ilse Varga"').encode(),
            CSV.replace("\n", ",,\n").encode(),
        ],
        ids=["plain", "bom", "utf-16", "windows", "old mac", "semicolons", "tabs", "quoted", "empty columns"],
    )
    def test_a_csv_file_in_any_of_its_shapes(self, content):
        assert list(tables.read_lines("people.csv", content)) == LINES

    @pytest.mark.parametrize("name", ["People.CSV", "a.b.tsv", "people.txt"])
    def test_by_its_name(self, name):
        assert list(tables.read_lines(name, CSV.encode())) == LINES

    def test_a_workbook(self):
        assert list(tables.read_lines("people.xlsx", PEOPLE)) == LINES

    def test_a_workbook_as_excel_writes_it(self):
        """Excel stores texts in a separate part, and the sheet refers to it."""
        sheet = PEOPLE_SHEET
        for at, text in enumerate(["name", "email", "Ilse Varga", "ilse@example.org"]):
            inline = f't="inlineStr"><is><t>{text}</t></is></c>'.encode()
            assert inline in sheet
            sheet = sheet.replace(inline, f't="s"><v>{at}</v></c>'.encode())
        content = with_part(PEOPLE, SHEET, sheet)
        kinds = ZipFile(BytesIO(content)).read("[Content_Types].xml").replace(b"</Types>", SHARED_KIND + b"</Types>")
        with_kinds = BytesIO(with_part(content, "[Content_Types].xml", kinds))
        with ZipFile(with_kinds, "a") as archive:
            archive.writestr("xl/sharedStrings.xml", SHARED)

        assert list(tables.read_lines("people.xlsx", with_kinds.getvalue())) == LINES

    def test_of_a_workbook_numbers_and_what_is_missing_are_texts(self):
        content = workbook(["name", "email", "born"], ["Ilse", None, 1950], [None, "a@example.org", 2.5])

        assert list(tables.read_lines("people.xlsx", content))[1:] == [
            (2, ["Ilse", "", "1950"]),
            (3, ["", "a@example.org", "2.5"]),
        ]

    def test_lines_have_the_numbers_that_a_spreadsheet_shows(self):
        csv = CSV + "\n,,\nZora Kline,zora@example.org\n"
        book = workbook(
            ["name", "email"], ["Ilse Varga", "ilse@example.org"], [], [" "], ["Zora Kline", "zora@example.org"]
        )

        for name, content in (("people.csv", csv.encode()), ("people.xlsx", book)):
            assert list(tables.read_lines(name, content)) == [*LINES, (5, ["Zora Kline", "zora@example.org"])]

    def test_a_line_break_inside_of_quotes_is_no_new_line(self):
        lines = list(tables.read_lines("people.csv", b'name,email\n"Ilse\nVarga",i@example.org\nZora,z@example.org\n'))

        assert lines[1:] == [(2, ["Ilse\nVarga", "i@example.org"]), (3, ["Zora", "z@example.org"])]

    def test_a_formula_comes_as_it_is_written(self):
        book = workbook(["name", "email"], ["=1+1", '=HYPERLINK("https://example.org")'])

        assert list(tables.read_lines("people.xlsx", book))[1] == (2, ["=1+1", '=HYPERLINK("https://example.org")'])

    def test_what_a_line_has_more_than_the_first_is_kept_to_be_seen(self):
        assert list(tables.read_lines("people.csv", b"name,email\na,b,c,d\n"))[1] == (2, ["a", "b", "c"])

    def test_as_many_people_as_are_let_in(self, monkeypatch):
        monkeypatch.setattr(tables, "MAX_IMPORT_LINES", 3)

        assert len(list(tables.read_lines("people.csv", b"name,email\n" + b"a,b\n\n" * 3))) == 4


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("name", "content", "error"),
        [
            ("people.csv", b"", ("empty", 0)),
            ("people.xls", CSV.encode(), ("ending", 0)),
            ("people", CSV.encode(), ("ending", 0)),
            ("people.pdf", b"%PDF-1.7", ("ending", 0)),
            ("people.csv", b"%PDF-1.7", ("not_text", 0)),
            ("people.csv", PEOPLE, ("not_text", 0)),
            ("people.csv", b"name,email\nIl\0se,ilse@example.org\n", ("not_text", 0)),
            ("people.csv", "name,email\nIl\0se,i@example.org\n".encode("utf-16"), ("not_text", 2)),
            ("people.csv", "name,email\nZoë,zoe@example.org\n".encode("latin-1"), ("encoding", 0)),
            ("people.csv", b"\n", ("heading", 0)),
            ("people.csv", b"Ilse Varga,ilse@example.org\n", ("heading", 0)),
            ("people.csv", b"name,email\n\n,\n", ("nobody", 0)),
            ("people.csv", b"name\nIlse Varga\n", ("one_column", 0)),
            ("people.csv", b"name," + b"x," * 300 + b"y\n", ("columns", 0)),
            ("people.csv", b'name,email\n"Ilse Varga,ilse@example.org\n', ("quote", 2)),
            ("people.csv", b"name,email\nIlse," + b"x" * 10_000_000 + b"\n", ("cell", 2)),
            ("people.csv", b"name,email\nIlse," + b"x" * 40_000 + b"\n", ("cell", 2)),
            ("people.csv", b"name,email\n" + b"Ilse,i@example.org\n" * 100_001, ("many", 0)),
            ("people.csv", b"x" * 25_000_001, ("large", 0)),
            ("people.xlsx", CSV.encode(), ("not_workbook", 0)),
            ("people.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 100, ("old_workbook", 0)),
            ("people.xlsx", PEOPLE[: len(PEOPLE) // 2], ("damaged", 0)),
            ("people.xlsx", b"PK\x03\x04" + b"x" * 100, ("damaged", 0)),
            ("people.xlsx", workbook(), ("heading", 0)),
            ("people.xlsx", workbook(["name", *["x"] * 300]), ("columns", 0)),
        ],
    )  # fmt: skip
    def test_with_a_clear_word(self, name, content, error):
        assert refused(name, content) == error
        assert error_message(*error)[-1] == "."

    def test_a_cell_of_ten_megabytes_in_a_workbook(self):
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">\
<c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>email</t></is></c></row><row r="2">\
<c r="A2" t="inlineStr"><is><t>{"x" * 10_000_000}</t></is></c></row></sheetData></worksheet>'

        assert refused("people.xlsx", with_part(PEOPLE, SHEET, sheet.encode())) == ("cell", 2)

    def test_a_zip_bomb_is_not_unpacked(self, monkeypatch):
        content = with_part(PEOPLE, SHEET, bytes(BOMB))
        monkeypatch.setattr(ZipFile, "open", lambda *args, **named: pytest.fail("it was unpacked"))

        assert len(content) < 1_000_000
        assert refused("people.xlsx", content) == ("bomb", 0)

    def test_a_zip_bomb_that_lies_about_its_size_gives_no_more_than_it_says(self):
        content = bytearray(with_part(PEOPLE, SHEET, b"<worksheet>" + b" " * BOMB))
        for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            begin = content.rindex(
                mark, 0, content.rindex(SHEET.encode()) if at == 24 else content.index(SHEET.encode())
            )
            content[begin + at : begin + at + 4] = (1000).to_bytes(4, "little")

        assert refused("people.xlsx", bytes(content)) == ("damaged", 0)

    def test_entities_that_swell_are_not_expanded(self):
        swelling = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
        xml = f'<!DOCTYPE x [<!ENTITY a0 "Ilse">{swelling}]>'.encode() + PEOPLE_SHEET.replace(b"Ilse Varga", b"&a8;")

        assert b"&a8;" in xml
        assert refused("people.xlsx", with_part(PEOPLE, SHEET, xml)) == ("damaged", 0)

    def test_a_row_that_says_it_is_the_billionth_is_not_waited_for(self):
        sheet = PEOPLE_SHEET.replace(b'r="2"', b'r="9999999999"')

        assert refused("people.xlsx", with_part(PEOPLE, SHEET, sheet)) == ("many", 0)

    def test_the_end_of_a_sheet_that_is_missing_is_missed(self):
        assert refused("people.xlsx", with_part(PEOPLE, SHEET, PEOPLE_SHEET[:-40]))[0] == "damaged"

    def test_an_archive_of_something_else(self):
        file = BytesIO()
        with ZipFile(file, "w") as archive:
            archive.writestr("letter.txt", "Dear all")

        assert refused("people.xlsx", file.getvalue()) == ("not_workbook", 0)

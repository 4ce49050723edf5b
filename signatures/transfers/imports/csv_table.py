import csv
from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper

from signatures.transfers.imports.file_errors import BadFile

SEPARATORS = ",;\t|"
BEGINNING = 65_536  # bytes in which the first line ends
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # what Excel calls Unicode text
OTHERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def refuse_at_once(content: bytes) -> None:
    if content.startswith(OTHERS) or (b"\0" in content and not content.startswith(UTF_16)):
        raise BadFile("not_text")


def rows(content: bytes) -> Iterator[list[str]]:
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"
    separator = _separator(content[:BEGINNING].decode(encoding, "ignore"))
    text = TextIOWrapper(BytesIO(content), encoding=encoding, newline="")
    at = 0
    try:
        for at, row in enumerate(csv.reader(text, delimiter=separator, strict=True), start=1):
            if any("\0" in cell for cell in row):
                raise BadFile("not_text", at)
            yield row
    except UnicodeDecodeError:
        raise BadFile("encoding") from None
    except csv.Error as error:
        raise BadFile("cell" if "field limit" in str(error) else "quote", at + 1) from None


def _separator(beginning: str) -> str:
    """By which the first line falls into the most columns."""
    return max(SEPARATORS, key=lambda separator: _columns(beginning, separator))


def _columns(beginning: str, separator: str) -> int:
    try:
        return len(next(csv.reader(StringIO(beginning, newline=""), delimiter=separator), []))
    except csv.Error:
        return 0

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper

from signatures.web.tables.file_errors import UnreadableFile

SEPARATORS = ",;\t|"
SAMPLE_SIZE = 65_536  # bytes that contain the first line
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # Excel calls this format Unicode text
OTHER_FILE_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def refuse_wrong_format(content: bytes) -> None:
    if content.startswith(OTHER_FILE_SIGNATURES) or (b"\0" in content and not content.startswith(UTF_16)):
        raise UnreadableFile("not_text")


def read_rows(content: bytes) -> Iterator[list[str]]:
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"
    separator = _separator(content[:SAMPLE_SIZE].decode(encoding, "ignore"))
    text = TextIOWrapper(BytesIO(content), encoding=encoding, newline="")
    at = 0
    try:
        for at, row in enumerate(csv.reader(text, delimiter=separator, strict=True), start=1):
            if any("\0" in cell for cell in row):
                raise UnreadableFile("not_text", at)
            yield row
    except UnicodeDecodeError:
        raise UnreadableFile("encoding") from None
    except csv.Error as error:
        raise UnreadableFile("cell" if "field limit" in str(error) else "quote", at + 1) from None


def _separator(beginning: str) -> str:
    """Returns the separator that splits the first line into the most columns."""
    return max(SEPARATORS, key=lambda separator: _columns(beginning, separator))


def _columns(beginning: str, separator: str) -> int:
    try:
        return len(next(csv.reader(StringIO(beginning, newline=""), delimiter=separator), []))
    except csv.Error:
        return 0

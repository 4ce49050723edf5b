"""Parses numbers in untrusted input."""

MAX_DIGITS = 18  # a bigint column takes no more, and Python refuses to parse very long numbers


def parse_row_id(text: str) -> int:
    """Returns 0, which is never a row's id, if the text is not a number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0

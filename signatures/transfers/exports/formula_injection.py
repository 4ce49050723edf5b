"""Prevents CSV injection: a spreadsheet computes a cell that begins like a formula (OWASP, CSV injection)."""

import unicodedata

FORMULA_STARTS = "=+-@\t\r\n\u2212"


def may_be_formula(text: str) -> bool:
    """Tells whether a spreadsheet may compute the text.

    Full-width and small forms of the signs, and signs after spaces, count too, because some programs fold and trim.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return True
    first = text.lstrip()[:1]
    return bool(first) and unicodedata.normalize("NFKC", first)[0] in FORMULA_STARTS


def escape_formula(text: str) -> str:
    """Puts an apostrophe before a formula. CSV has no types, and every program takes such a cell for text."""
    return f"'{text}" if may_be_formula(text) else text

"""What a spreadsheet would compute instead of showing it (OWASP, CSV injection)."""

import unicodedata

FORMULA_STARTS = "=+-@\t\r\n\u2212"


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet may take it for a formula: full-width and small forms of the signs, and signs behind
    spaces, count as well, since some programs fold and trim."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    first = text.lstrip()[:1]
    return bool(first) and unicodedata.normalize("NFKC", first)[0] in FORMULA_STARTS


def escape_formula(text: str) -> str:
    """For CSV, which knows no types: an apostrophe before it makes it a text everywhere."""
    return f"'{text}" if may_be_formula(text) else text

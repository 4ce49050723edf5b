"""Detects names that look like random keystrokes."""

import re

from anyascii import anyascii

REPEATED = re.compile(r"([^\W\d_])\1{3}", re.IGNORECASE)
CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}")
CASE_CHANGES = re.compile(r"[a-z][A-Z]")
MAX_CASE_CHANGES = 3  # in one name: MacDonald and DeShawn have one or two


def looks_fake(name: str) -> bool:
    """Looks for a digit, one letter four times in a row, six consonants in a row, or alternating case. The last two
    apply to names in Latin letters only."""
    if REPEATED.search(name) or any(char.isdigit() for char in name):
        return True
    plain = anyascii(name) if all(ord(char) < 0x250 for char in name) else ""
    return CONSONANTS.search(plain.lower()) is not None or len(CASE_CHANGES.findall(plain)) >= MAX_CASE_CHANGES

"""Which names our fonts can set, and which way they run."""

import unicodedata
from functools import cache

from anyascii import anyascii

from signatures.data import DATA

FONTS = DATA / "fonts" / "pack"


def can_set(text: str) -> bool:
    known = _letters()
    return all(ord(letter) in known or unicodedata.category(letter) == "Cf" for letter in text)


def settable(text: str) -> tuple[str, bool]:
    """The text, and whether it is as it was written: in place of letters that no font of ours has stand those of the
    Latin alphabet that sound alike, never a box."""
    if can_set(text):
        return text, True
    return "".join(letter if can_set(letter) else anyascii(letter) or "?" for letter in text).strip(), False


def is_rtl(text: str) -> bool:
    """As its first letter that has a direction."""
    ways = (unicodedata.bidirectional(letter) for letter in text)
    return next((way in ("R", "AL") for way in ways if way in ("L", "R", "AL")), False)


@cache
def _letters() -> frozenset[int]:
    ranges = (part.split("-") for part in (FONTS / "letters.txt").read_text().split())
    return frozenset(letter for begin, end in ranges for letter in range(int(begin, 16), int(end, 16) + 1))

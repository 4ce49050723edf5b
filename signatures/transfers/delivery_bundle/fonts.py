"""Which names our fonts can set, and which way they run."""

import unicodedata

from anyascii import anyascii

from signatures.data import DATA
from signatures.web.font_letters import letters_in

FONTS = DATA / "fonts" / "pack"


def has_glyphs(text: str) -> bool:
    known = letters_in(FONTS / "letters.txt")
    return all(ord(letter) in known or unicodedata.category(letter) == "Cf" for letter in text)


def printable_form(text: str) -> tuple[str, bool]:
    """The text, and whether it is as it was written: in place of letters that no font of ours has stand those of the
    Latin alphabet that sound alike, never a box."""
    if has_glyphs(text):
        return text, True
    return "".join(letter if has_glyphs(letter) else anyascii(letter) or "?" for letter in text).strip(), False


def is_rtl(text: str) -> bool:
    """As its first letter that has a direction."""
    ways = (unicodedata.bidirectional(letter) for letter in text)
    return next((way in ("R", "AL") for way in ways if way in ("L", "R", "AL")), False)

"""Tells which names the fonts of the PDF can print, and in which direction a name is written."""

import unicodedata

from anyascii import anyascii

from signatures.data import DATA
from signatures.web.font_letters import letters_in

FONTS = DATA / "fonts" / "pack"


def has_glyphs(text: str) -> bool:
    supported = letters_in(FONTS / "letters.txt")
    return all(ord(letter) in supported or unicodedata.category(letter) == "Cf" for letter in text)


def printable_form(text: str) -> tuple[str, bool]:
    """Returns the text and whether it is unchanged. Letters that no font has become Latin letters."""
    if has_glyphs(text):
        return text, True
    return "".join(letter if has_glyphs(letter) else anyascii(letter) or "?" for letter in text).strip(), False


def is_rtl(text: str) -> bool:
    """Tells whether the first letter that has a direction is written from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((direction in ("R", "AL") for direction in directions if direction in ("L", "R", "AL")), False)

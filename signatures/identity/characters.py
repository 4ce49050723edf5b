"""Classifies the characters of a name: which are invisible, and where an invisible one is needed."""

import unicodedata

WHITE_SPACE = "\t\n\r" + "".join(chr(c) for c in range(0x3001) if unicodedata.category(chr(c)) == "Zs")

BIDI_CONTROLS = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))

# These look blank, although Unicode classes them as letters, marks or symbols: fillers, the grapheme joiner,
# two Khmer vowels, the blank Braille pattern, a musical null.
BLANK_LOOKING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U00016fe4\U0001d159")

ZWNJ, ZWJ = "\u200c", "\u200d"

# Python's tables are older than the newest rare ideographs, which are used mostly in names.
IDEOGRAPHS = range(0x20000, 0x3FFFE)


def category(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cn" and ord(char) in IDEOGRAPHS and ord(char) & 0xFFFE != 0xFFFE:
        return "Lo"
    return kind


def is_letter(char: str) -> bool:
    return category(char)[0] == "L"


def is_invisible(text: str, at: int) -> bool:
    """Returns whether the character at this place is not drawn and has no effect on its neighbours."""
    char = text[at]
    if char in BLANK_LOOKING:
        return True
    if char in (ZWNJ, ZWJ):
        return not _joins(text, at)
    if _is_variation_selector(char):
        return not _is_registered_variant(text[at - 1] if at else "", char)
    return unicodedata.category(char) == "Cf"


def _joins(text: str, at: int) -> bool:
    """Persian and Urdu use ZWNJ between letters, Indic scripts use either joiner next to a virama (RFC 5892, A.1)."""
    before = text[at - 1] if at else ""
    after = text[at + 1 : at + 2]
    if before and unicodedata.combining(before) == 9:
        return True
    if _is_indic(before) and after and unicodedata.combining(after) == 9:
        return True
    return text[at] == ZWNJ and _is_cursive(before) and _is_cursive(after)


def _is_indic(char: str) -> bool:
    return "\u0900" <= char <= "\u0dff" and category(char)[0] in "LM"


def _is_cursive(char: str) -> bool:
    """Returns whether this is a letter that joins the next one, or a mark on such a letter."""
    if not char:
        return False
    name = unicodedata.name(char, "")
    return category(char)[0] in "LM" and name.startswith(("ARABIC ", "SYRIAC ", "NKO ", "ADLAM ", "MONGOLIAN "))


def _is_variation_selector(char: str) -> bool:
    return (
        char in "\u180b\u180c\u180d\u180e\u180f" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    )


def _is_registered_variant(before: str, selector: str) -> bool:
    """Han characters and Mongolian letters have registered variants; a symbol may have an emoji form."""
    if not before:
        return False
    if selector in "\ufe0e\ufe0f":
        return category(before) == "So"
    name = unicodedata.name(before, "CJK" if category(before) == "Lo" else "")
    return name.startswith("MONGOLIAN LETTER" if selector < "\u1810" else "CJK") and is_letter(before)

"""Cleans names and credits. Text is accepted as typed, or refused with a message that says what to change."""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from signatures.identity.characters import BIDI_CONTROLS, WHITE_SPACE, category, is_invisible, is_letter

NAME_LENGTH = 120
CREDIT_LENGTH = 160
QUOTATION_LENGTH = 280

# Vietnamese and Yoruba need two marks on one letter, vocalised Arabic three.
MAX_MARKS_PER_LETTER = 3
# Tibetan, Burmese and Tai Tham write vowels and joined consonants as such marks too.
MAX_MARKS_PER_SYLLABLE = 6
SYLLABIC = re.compile("[\u0f00-\u0fff\u1000-\u109f\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaa7f]")

WEB_ADDRESS = re.compile(r"://|www[.。]|\b(?:https?|ftp|mailto|javascript):\S", re.IGNORECASE)
EMAIL_ADDRESS = re.compile(r"[^\s@]@[^\s@]+[.。][^\s@]")

MESSAGES = {
    "required": _("Write your name."),
    "too_long": _("Shorten this to {limit} characters or fewer."),
    "no_letter": _("Write a name with at least one letter in it."),
    "line_break": _("Write this on one line, without line breaks or tabs."),
    "control": _("There is a control character in this. Type it by hand instead of pasting it."),
    "broken": _("A character in this was damaged on its way. Type it again."),
    "unknown": _("There is a character in this that most people cannot read. Write it with other letters."),
    "direction": _("An invisible sign in this turns the direction of the text. Type it by hand instead of pasting it."),
    "invisible": _("There is an invisible character in this. Type it by hand instead of pasting it."),
    "marks": _("There are too many marks on one letter. Leave some of them out."),
    "leading": _("Begin with a letter or a number, not with =, +, - or @."),
    "web_address": _("Leave out the web address."),
    "email_address": _("Leave out the e-mail address. It is never shown and has a field of its own."),
}


class BadText(ValueError):
    """Raised for a name or credit that cannot be shown. `message` is translated when it is read."""

    def __init__(self, code: str, *, limit: int = 0) -> None:
        self.code = code
        self.message: Promise = format_lazy(MESSAGES[code], limit=limit)
        super().__init__(code)


def clean_name(text: str, *, max_length: int = NAME_LENGTH) -> str:
    """Returns the name as typed, trimmed and in NFC."""
    name = _clean(text, max_length)
    if not name:
        raise BadText("required")
    if not any(map(is_letter, name)):
        raise BadText("no_letter")
    return name


def clean_credit(text: str, *, max_length: int = CREDIT_LENGTH) -> str:
    """Does the same for the line under a name, which may be empty and needs no letter."""
    return _clean(text, max_length)


def _clean(text: str, max_length: int) -> str:
    text = text.strip(WHITE_SPACE)
    # NFC joins at most four characters into one, and takes minutes for a megabyte of marks.
    if len(text) > 4 * max_length:
        raise BadText("too_long", limit=max_length)
    text = unicodedata.normalize("NFC", text)
    if len(text) > max_length:
        raise BadText("too_long", limit=max_length)
    for at in range(len(text)):
        _refuse_character(text, at)
    _refuse_stacked_marks(text)
    _refuse_formulas_and_links(text)
    return text


def _refuse_character(text: str, at: int) -> None:
    char = text[at]
    kind = category(char)
    if char in "\t\n\v\f\r\x85\u2028\u2029":
        raise BadText("line_break")
    if kind == "Cc":
        raise BadText("control")
    if kind == "Cs" or char in "\ufffc\ufffd":
        raise BadText("broken")
    if kind in ("Cn", "Co"):
        raise BadText("unknown")
    if char in BIDI_CONTROLS:
        raise BadText("direction")
    if is_invisible(text, at):
        raise BadText("invisible")


def _refuse_stacked_marks(text: str) -> None:
    """Counts the marks above and below one letter; a mark without a letter is refused."""
    marks, limit = 0, 0
    for char in unicodedata.normalize("NFD", text):
        kind = unicodedata.category(char)
        if kind in ("Mn", "Me") or unicodedata.combining(char):
            marks += 1
            if marks > (MAX_MARKS_PER_SYLLABLE if limit and SYLLABIC.match(char) else limit):
                raise BadText("marks")
        elif kind not in ("Mc", "Cf"):
            marks, limit = 0, 0 if kind == "Zs" else MAX_MARKS_PER_LETTER


def _refuse_formulas_and_links(text: str) -> None:
    """Refuses text that a spreadsheet would run or a mail program would link. A bare dot is allowed: will.i.am."""
    plain = unicodedata.normalize("NFKC", text)  # full-width forms act like the plain ones
    if plain.startswith(("=", "+", "-", "@")):
        raise BadText("leading")
    if WEB_ADDRESS.search(plain):
        raise BadText("web_address")
    if EMAIL_ADDRESS.search(plain):
        raise BadText("email_address")

"""Keys to find and to order names by: ASCII, so that a reader finds a name whatever script it is written in.

A key holds words of a-z and 0-9 and nothing else, so it can be put into LIKE as it is.
"""

import re
import unicodedata
from dataclasses import dataclass

from anyascii import anyascii

LONGEST_QUERY = 100
LONGEST_SORT_KEY = 200

# One of these is a word: Han characters, Hangul syllables, cuneiform and hieroglyphs.
SYLLABLE = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00012000-\U0001467f\U00020000-\U0003ffff]"
)

# anyascii spells consonants alone. With the long vowels, which Arabic does write, 27 of 46 usual Latin
# spellings of Arabic names come within 0.3 of the key by word_similarity, without them 2.
ARABIC_VOWELS = str.maketrans("اأآٱإعةى", "aaaaiaaa")
INNER_YEH = re.compile("(?<=[\u0621-\u06ff])[يی]")
INNER_WAW = re.compile("(?<=[\u0621-\u06ff])و")
ARTICLE = re.compile(r"\bال(?=\w\w)")

# Inside a word: O'Brien is obrien, Ильич (Il'ich) is ilich.
APOSTROPHES = str.maketrans("", "", "'`")


@dataclass(frozen=True)
class Query:
    """What a visitor looks for, folded like the keys; `letters` counts those of `tight`."""

    words: str
    tight: str
    letters: int


def search_key(name: str) -> str:
    """Words, a bar, and the words run together: " thom yorke |thomyorke".

    Hyphens, dots and spaces part words, apostrophes do not; the second half finds what is run together.
    """
    words = _words(name)
    return f" {' '.join(words)} |{''.join(words)}"


def fold_query(text: str) -> Query:
    words = _words(text[:LONGEST_QUERY])
    tight = "".join(words)
    return Query(words=" ".join(words), tight=tight, letters=len(tight))


def sort_key(name: str) -> str:
    return " ".join(_words(name))[:LONGEST_SORT_KEY].rstrip()


def _words(text: str) -> list[str]:
    text = _spell_arabic(unicodedata.normalize("NFC", text))
    text = anyascii(SYLLABLE.sub(_spell_syllable, text)).lower()
    return re.findall("[a-z0-9]+", text.translate(APOSTROPHES))


def _spell_syllable(found: re.Match[str]) -> str:
    char = found[0]
    return f" {anyascii(char) or f'u{ord(char):x}'} "  # a rare one without a reading is found by itself


def _spell_arabic(text: str) -> str:
    text = ARTICLE.sub("ال ", text)
    text = INNER_YEH.sub("i", text)
    text = INNER_WAW.sub("u", text)
    return text.translate(ARABIC_VOWELS)

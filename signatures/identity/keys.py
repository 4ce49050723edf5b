"""Keys to find and to order names by, in ASCII, whatever script they are written in."""
import re
import unicodedata
from dataclasses import dataclass

from anyascii import anyascii

LONGEST_QUERY = 100
LONGEST_SORT_KEY = 200


@dataclass(frozen=True)
class Query:
    words: str
    tight: str
    letters: int


def search_key(name: str) -> str:
    words = _words(name)
    return f" {' '.join(words)} |{''.join(words)}"


def fold_query(text: str) -> Query:
    words = _words(text[:LONGEST_QUERY])
    tight = "".join(words)
    return Query(words=" ".join(words), tight=tight, letters=len(tight))


def sort_key(name: str) -> str:
    return " ".join(_words(name))[:LONGEST_SORT_KEY]


def _words(text: str) -> list[str]:
    return re.findall("[a-z0-9]+", anyascii(text).lower())

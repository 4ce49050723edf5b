"""Keys to find and to order names by: ASCII, so that a reader finds a name whatever script it is written in.

A key holds words of a-z and 0-9 and nothing else, so it can be put into LIKE as it is.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from signatures.identity.transliteration import transliterate

MAX_QUERY_LENGTH = 100
MAX_SORT_KEY_LENGTH = 200

APOSTROPHES = str.maketrans("", "", "'`")


@dataclass(frozen=True)
class SearchQuery:
    """What a visitor looks for, folded like the keys; `letters` counts those of `tight`."""

    words: str
    tight: str
    letters: int


def search_key(name: str) -> str:
    """Words, a bar, and the words run together: " ann example |annexample".

    Hyphens, dots and spaces part words, apostrophes do not; the second half finds what is run together.
    """
    words = _words(name)
    return f" {' '.join(words)} |{''.join(words)}"


def fold_query(text: str) -> SearchQuery:
    words = _words(text[:MAX_QUERY_LENGTH])
    tight = "".join(words)
    return SearchQuery(words=" ".join(words), tight=tight, letters=len(tight))


def sort_key(name: str) -> str:
    return " ".join(_words(name))[:MAX_SORT_KEY_LENGTH].rstrip()


@lru_cache(maxsize=1)  # a name is asked for both its keys
def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall("[a-z0-9]+", transliterate(text).translate(APOSTROPHES)))

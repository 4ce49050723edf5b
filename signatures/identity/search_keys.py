"""Builds ASCII keys to search and sort names, so that readers find a name in any script.

A key holds only words of a-z and 0-9, so it can be used in LIKE without escaping.
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
    """A visitor's search, folded like the keys. `joined` has no spaces; `letters` is its length."""

    words: str
    joined: str
    letters: int


def search_key(name: str) -> str:
    """Returns the words, a bar, and the words joined: " ann example |annexample".

    Hyphens, dots and spaces separate words, apostrophes do not. The second half finds names typed without spaces.
    """
    words = _words(name)
    return f" {' '.join(words)} |{''.join(words)}"


def fold_query(text: str) -> SearchQuery:
    words = _words(text[:MAX_QUERY_LENGTH])
    joined = "".join(words)
    return SearchQuery(words=" ".join(words), joined=joined, letters=len(joined))


def sort_key(name: str) -> str:
    return " ".join(_words(name))[:MAX_SORT_KEY_LENGTH].rstrip()


@lru_cache(maxsize=1)  # both keys of a name are computed in turn
def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall("[a-z0-9]+", transliterate(text).translate(APOSTROPHES)))

"""Reads which letters the site's own fonts contain, from the lists next to the fonts."""

from functools import cache
from pathlib import Path


@cache
def letters_in(path: Path) -> frozenset[int]:
    """Returns code points from a file of hexadecimal ranges: "20-7e a0-ff"."""
    ranges = (text.split("-") for text in path.read_text(encoding="utf-8").split())
    return frozenset(letter for begin, end in ranges for letter in range(int(begin, 16), int(end, 16) + 1))

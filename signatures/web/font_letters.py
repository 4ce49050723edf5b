"""The letters of our own fonts, from the lists that stand beside the fonts."""

from functools import cache
from pathlib import Path


@cache
def letters_in(path: Path) -> frozenset[int]:
    """Code points, of a file of hexadecimal ranges: "20-7e a0-ff"."""
    ranges = (part.split("-") for part in path.read_text(encoding="utf-8").split())
    return frozenset(letter for begin, end in ranges for letter in range(int(begin, 16), int(end, 16) + 1))

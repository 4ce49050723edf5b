"""Numbers in what a stranger, or a slip of the hand, may have sent."""

MAX_DIGITS = 18  # digits: a column takes no more, and Python none of very many


def number(text: str) -> int:
    """0, which no row has, for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0

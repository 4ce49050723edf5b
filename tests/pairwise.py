"""Makes a few combinations instead of all: most faults need one value, or two that meet; few need three."""

from collections.abc import Hashable, Sequence
from itertools import combinations, product

Combination = tuple[Hashable, ...]


def pairwise(*factors: Sequence[Hashable]) -> list[Combination]:
    """Returns combinations of one value of each factor, in which any two values of different factors meet at least
    once. The algorithm is greedy: it takes the combination with most of the missing pairs. The result is always
    the same."""
    every = {combination: _pairs(combination) for combination in product(*factors)}
    missing, chosen = set().union(*every.values()), []
    while missing:
        best = max(every, key=lambda combination: len(every[combination] & missing))
        chosen.append(best)
        missing -= every[best]
    return chosen


def _pairs(combination: Combination) -> set[tuple[Hashable, ...]]:
    return set(combinations(enumerate(combination), 2))

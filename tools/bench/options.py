from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    rounds: int = 5
    seconds: float = 3
    """Of one load in one round."""
    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000, 5_000_000)
    minutes: float = 10
    """Of the mixed case."""

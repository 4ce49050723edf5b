"""Figures of one program in one round, and rows that compare two programs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from tools.bench.load import Load
from tools.dev.processes import Child

Spent = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """Holds the figures of one program in one round: operations a second, and processor microseconds for each."""

    rate: float
    cpu: float
    p50: float = 0
    p99: float = 0
    faults: tuple[str, ...] = ()


@dataclass
class Row:
    """One line of the table. `must` is the ratio to reach, or with `at_most` the ratio not to exceed."""

    case: str
    what: str
    must: float
    rates: list[float]
    floor: list[float]
    unit: str
    cpu: list[float] = field(default_factory=list)
    floor_cpu: list[float] = field(default_factory=list)
    at_most: bool = False
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [rate / floor_rate for rate, floor_rate in zip(self.rates, self.floor, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def cpu_ratio(self) -> float | None:
        """Returns the floor's processor time for each operation, divided by ours."""
        if not self.cpu or not median(self.cpu):
            return None
        return median(floor_cpu / cpu for floor_cpu, cpu in zip(self.floor_cpu, self.cpu, strict=True))

    @property
    def is_reached(self) -> bool:
        return not self.faults and (self.ratio <= self.must if self.at_most else self.ratio >= self.must)

    def as_json(self) -> dict[str, Any]:
        derived = {"ratio": self.ratio, "cpu_ratio": self.cpu_ratio, "is_reached": self.is_reached}
        return {**asdict(self), **derived}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Row":
        return cls(**{name: value for name, value in kept.items() if name in cls.__dataclass_fields__})


def side_by_side(programs: Mapping[str, Callable[[int], Figure]], rounds: int) -> dict[str, list[Figure]]:
    """Runs every program in each round, in a different order each time, so that other load on the machine affects
    all alike."""
    figures: dict[str, list[Figure]] = {name: [] for name in programs}
    names = list(programs)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            figures[name].append(programs[name](turn))
    return figures


def figure(load: Callable[[], Load], spent: Spent, *expected: str) -> Figure:
    """Measures a load. Only answers with an expected status count."""
    before = spent()
    done = load()
    used = spent() - before
    return Figure(
        rate=done.rate(*expected),
        cpu=used / max(1, done.requests) * 1e6,
        p50=done.p50,
        p99=done.p99,
        faults=tuple(done.faults(*expected)),
    )


def comparison_row(case: str, what: str, must: float, unit: str, figures: list[Figure], floor: list[Figure]) -> Row:
    faults = [fault for figure in (*figures, *floor) for fault in figure.faults]
    return Row(
        case,
        what,
        must,
        rates=[figure.rate for figure in figures],
        floor=[figure.rate for figure in floor],
        unit=unit,
        cpu=[figure.cpu for figure in figures],
        floor_cpu=[figure.cpu for figure in floor],
        faults=list(dict.fromkeys(faults)),
    )


def process_ids(*children: Child) -> list[int]:
    return [child.pid for child in children if child.is_running]

"""Figures in, a drawing and the table behind it out. This module computes where everything stands, two SVG templates
draw it, and the style sheet (static/css/charts.css) gives colours, letters and the direction of reading.

    growth = charts.line(figures, head=_("Day"), value_head=_("Signatures"))
    {% include "public/chart.html" with chart=growth title=title %}
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from signatures.web.languages import localized_numbers

WIDE, NARROW = (860, 300), (360, 240)
MOST_NAMED = {WIDE: 6, NARROW: 3}
MOST_TICKS = 4
DIGIT = 8.4  # the width of a digit in the letters of charts.css
ROW, BAR = 43, 9  # the height of a row, and of the bar in it
GAP = 0.08  # of the width of a column, on each side of it


@dataclass(frozen=True)
class Figure:
    """One number and what it counts, in the reader's words. `short` names it on an axis, where there is less room;
    `note` stands beside the number: a share, say. `second` is a part of it, drawn beside it; the addresses lead
    from the table to what was counted."""

    label: str
    value: int
    note: str = ""
    short: str = ""
    second: int | None = None
    address: str = ""
    second_address: str = ""


@dataclass(frozen=True)
class Chart:
    """`wide` and `narrow` draw the same figures; the style sheet shows the one that fits."""

    figures: Sequence[Figure]
    head: str
    value_head: str
    wide: SafeString
    narrow: SafeString
    second_head: str = ""

    @property
    def has_notes(self) -> bool:
        return any(figure.note for figure in self.figures)


def line(figures: Sequence[Figure], *, head: str, value_head: str) -> Chart:
    """Figures equally far apart in time, as a line over a filled ground. One figure is a dot."""
    return Chart(figures, head, value_head, _line(figures, WIDE), _line(figures, NARROW))


def columns(figures: Sequence[Figure], *, head: str, value_head: str, second_head: str = "") -> Chart:
    """Figures equally far apart in time, each on its own: what came on each day. With `second_head`, two each."""
    return Chart(figures, head, value_head, _columns(figures, WIDE), _columns(figures, NARROW), second_head)


def bars(figures: Sequence[Figure], *, head: str, value_head: str) -> Chart:
    """Figures to compare, in the order given, each below its words."""
    return Chart(figures, head, value_head, _bars(figures, WIDE[0]), _bars(figures, NARROW[0]))


def with_shares(parts: Iterable[tuple[str, int]]) -> list[Figure]:
    """Each part, noted with its share of all."""
    listed = list(parts)
    whole = sum(value for _, value in listed)
    return [Figure(label, value, localized_numbers.percent(value / whole) if whole else "") for label, value in listed]


class Plot:
    """The rectangle in which figures over time are drawn, in units of the SVG: y grows downwards."""

    def __init__(self, figures: Sequence[Figure], size: tuple[int, int]):
        self.figures, self.count = figures, len(figures)
        self.width, self.height = size
        self.ticks = _ticks(max((figure.value for figure in figures), default=0))
        self.edge = 12 + round(DIGIT * max(len(localized_numbers.number(tick)) for tick in self.ticks))
        inset = (self.width - self.edge) / 52
        self.left, self.right = self.edge + inset, self.width - inset
        self.top, self.bottom = 7, self.height - 31

    def x_on_line(self, place: int) -> float:
        """The first figure of a line stands at one edge, the last at the other, and a single one in the middle."""
        return self.left + (place / (self.count - 1) if self.count > 1 else 0.5) * (self.right - self.left)

    @property
    def room(self) -> float:
        """The width that each column has."""
        return (self.right - self.left) / max(self.count, 1)

    def x_of_column(self, place: int) -> float:
        return self.left + (place + 0.5) * self.room

    def height_of(self, value: int) -> float:
        return value / self.ticks[-1] * (self.bottom - self.top)

    def y_of(self, value: int) -> float:
        return self.bottom - self.height_of(value)

    def render(self, at: Callable[[int], float], **drawn: Any) -> SafeString:
        """`at` gives the place of a figure, so that its name can stand below it."""
        named = _spread(self.count, MOST_NAMED[self.width, self.height])
        ticks = [(*_rounded(self.y_of(tick)), localized_numbers.number(tick)) for tick in self.ticks]
        names = [(*_rounded(at(place)), self.figures[place].short or self.figures[place].label) for place in named]
        context = {"plot": self, "ticks": ticks, "names": names, **drawn}
        return render_to_string("public/chart_over_time.svg", context)


def _line(figures: Sequence[Figure], size: tuple[int, int]) -> SafeString:
    plot = Plot(figures, size)
    points = [_rounded(plot.x_on_line(place), plot.y_of(figure.value)) for place, figure in enumerate(figures)]
    return plot.render(plot.x_on_line, points=points)


def _columns(figures: Sequence[Figure], size: tuple[int, int]) -> SafeString:
    plot = Plot(figures, size)
    series = [[figure.value for figure in figures]]
    if any(figure.second is not None for figure in figures):
        series.append([figure.second or 0 for figure in figures])
    width = plot.room * (1 - 2 * GAP) / len(series)

    def column(number: int, place: int, value: int) -> tuple[float, ...]:
        left = plot.x_of_column(place) + width * (number - len(series) / 2)
        return _rounded(left, plot.y_of(value), width, plot.height_of(value))

    columns = [
        [column(number, place, value) for place, value in enumerate(values)] for number, values in enumerate(series)
    ]
    return plot.render(plot.x_of_column, columns=columns)


def _bars(figures: Sequence[Figure], width: int) -> SafeString:
    """The words stand above the bars: a phone has no room for both side by side."""
    if not figures:
        return SafeString()
    most = max(figure.value for figure in figures) or 1
    rows = [
        {
            "words": figure.label,
            "value": " · ".join(filter(None, (localized_numbers.number(figure.value), figure.note))),
            "top": ROW * place,
            "length": round(figure.value / most * width, 1),
        }
        for place, figure in enumerate(figures)
    ]
    context = {"width": width, "height": ROW * len(rows), "bar": BAR, "rows": rows}
    return render_to_string("public/chart_bars.svg", context)


def _rounded(*values: float) -> tuple[float, ...]:
    """A tenth of a unit is finer than any screen."""
    return tuple(round(value, 1) for value in values)


def _ticks(most: int) -> list[int]:
    """From 0 to a round number that is no less than `most`, in steps that people count in."""
    sizes = (digit * 10**zeros for zeros in range(12) for digit in (1, 2, 5))
    step = next(size for size in sizes if size * MOST_TICKS >= most)
    return [step * place for place in range(max(1, ceil(most / step)) + 1)]


def _spread(many: int, most: int) -> list[int]:
    """At most `most` places among `many`, the first and the last always, as evenly as they can lie."""
    count = min(many, most)
    return sorted({round(place * (many - 1) / max(count - 1, 1)) for place in range(count)})

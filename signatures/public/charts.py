"""Draws figures as a chart, with a table of the same figures. This module computes all positions, two SVG templates
draw them, and the style sheet (static/css/charts.css) sets colours, fonts and text direction.

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
MAX_LABELS = {WIDE: 6, NARROW: 3}
MAX_TICKS = 4
DIGIT_WIDTH = 8.4  # of a digit in the font of charts.css
ROW_HEIGHT, BAR_HEIGHT = 43, 9
GAP = 0.08  # the space on each side of a column, as a share of its width


@dataclass(frozen=True)
class Figure:
    """Holds one number with a label in the reader's language.

    `short` is the label on an axis, where there is less room. `note` is shown beside the number, for example a share.
    `second` is a part of the number and is drawn beside it. The addresses link from the table to what was counted.
    """

    label: str
    value: int
    note: str = ""
    short: str = ""
    second: int | None = None
    address: str = ""
    second_address: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart in two sizes. The style sheet shows the one that fits the screen."""

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
    """Draws figures at equal intervals of time as a line over a filled area. A single figure is a dot."""
    return Chart(figures, head, value_head, _line(figures, WIDE), _line(figures, NARROW))


def columns(figures: Sequence[Figure], *, head: str, value_head: str, second_head: str = "") -> Chart:
    """Draws figures at equal intervals of time as columns; with `second_head` as two columns each."""
    return Chart(figures, head, value_head, _columns(figures, WIDE), _columns(figures, NARROW), second_head)


def bars(figures: Sequence[Figure], *, head: str, value_head: str) -> Chart:
    """Draws figures as bars in the given order, each below its label."""
    return Chart(figures, head, value_head, _bars(figures, WIDE[0]), _bars(figures, NARROW[0]))


def with_shares(labelled_values: Iterable[tuple[str, int]]) -> list[Figure]:
    """Makes figures whose note is their share of the total."""
    pairs = list(labelled_values)
    total = sum(value for _, value in pairs)
    return [Figure(label, value, localized_numbers.percent(value / total) if total else "") for label, value in pairs]


class Plot:
    """The rectangle in which figures over time are drawn, in SVG units. The y axis points down."""

    def __init__(self, figures: Sequence[Figure], size: tuple[int, int]):
        self.figures, self.count = figures, len(figures)
        self.width, self.height = size
        self.ticks = _ticks(max((figure.value for figure in figures), default=0))
        self.edge = 12 + round(DIGIT_WIDTH * max(len(localized_numbers.number(tick)) for tick in self.ticks))
        inset = (self.width - self.edge) / 52
        self.left, self.right = self.edge + inset, self.width - inset
        self.top, self.bottom = 7, self.height - 31

    def x_on_line(self, index: int) -> float:
        """Returns the x of a point: the first at the left edge, the last at the right, a single one in the middle."""
        return self.left + (index / (self.count - 1) if self.count > 1 else 0.5) * (self.right - self.left)

    @property
    def column_width(self) -> float:
        """Returns the width of each column, with its gaps."""
        return (self.right - self.left) / max(self.count, 1)

    def x_of_column(self, index: int) -> float:
        return self.left + (index + 0.5) * self.column_width

    def height_of(self, value: int) -> float:
        return value / self.ticks[-1] * (self.bottom - self.top)

    def y_of(self, value: int) -> float:
        return self.bottom - self.height_of(value)

    def render(self, x_of: Callable[[int], float], **shapes: Any) -> SafeString:
        """Renders the SVG. `x_of` returns the x of the figure at an index, so that its label is placed below it."""
        indexes = _spread(self.count, MAX_LABELS[self.width, self.height])
        ticks = [(*_rounded(self.y_of(tick)), localized_numbers.number(tick)) for tick in self.ticks]
        labels = [(*_rounded(x_of(index)), self.figures[index].short or self.figures[index].label) for index in indexes]
        context = {"plot": self, "ticks": ticks, "labels": labels, **shapes}
        return render_to_string("public/chart_over_time.svg", context)


def _line(figures: Sequence[Figure], size: tuple[int, int]) -> SafeString:
    plot = Plot(figures, size)
    points = [_rounded(plot.x_on_line(index), plot.y_of(figure.value)) for index, figure in enumerate(figures)]
    return plot.render(plot.x_on_line, points=points)


def _columns(figures: Sequence[Figure], size: tuple[int, int]) -> SafeString:
    plot = Plot(figures, size)
    series = [[figure.value for figure in figures]]
    if any(figure.second is not None for figure in figures):
        series.append([figure.second or 0 for figure in figures])
    width = plot.column_width * (1 - 2 * GAP) / len(series)

    def column(number: int, index: int, value: int) -> tuple[float, ...]:
        left = plot.x_of_column(index) + width * (number - len(series) / 2)
        return _rounded(left, plot.y_of(value), width, plot.height_of(value))

    columns = [
        [column(number, index, value) for index, value in enumerate(values)] for number, values in enumerate(series)
    ]
    return plot.render(plot.x_of_column, columns=columns)


def _bars(figures: Sequence[Figure], width: int) -> SafeString:
    """Draws each label above its bar, because a phone has no room for both side by side."""
    if not figures:
        return SafeString()
    largest = max(figure.value for figure in figures) or 1
    rows = [
        {
            "label": figure.label,
            "value": " · ".join(filter(None, (localized_numbers.number(figure.value), figure.note))),
            "top": ROW_HEIGHT * index,
            "length": round(figure.value / largest * width, 1),
        }
        for index, figure in enumerate(figures)
    ]
    context = {"width": width, "height": ROW_HEIGHT * len(rows), "bar": BAR_HEIGHT, "rows": rows}
    return render_to_string("public/chart_bars.svg", context)


def _rounded(*values: float) -> tuple[float, ...]:
    """Rounds to a tenth of a unit, which is finer than a screen can show."""
    return tuple(round(value, 1) for value in values)


def _ticks(largest: int) -> list[int]:
    """Returns tick values from 0 to a round number of at least `largest`, in steps of 1, 2 or 5 times a power of 10."""
    sizes = (digit * 10**zeros for zeros in range(12) for digit in (1, 2, 5))
    step = next(size for size in sizes if size * MAX_TICKS >= largest)
    return [step * index for index in range(max(1, ceil(largest / step)) + 1)]


def _spread(count: int, limit: int) -> list[int]:
    """Chooses at most `limit` of `count` indexes, evenly spread, always with the first and the last."""
    chosen = min(count, limit)
    return sorted({round(index * (count - 1) / max(chosen - 1, 1)) for index in range(chosen)})

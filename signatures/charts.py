"""Figures in, a drawing and the table behind it out. Pygal computes where everything stands; colours, letters and the
direction of reading are the style sheet's (static/css/charts.css): pygal's own would be inline, which no page allows.

    growth = charts.line(figures, head=_("Day"), value_head=_("Signatures"))
    {% include "components/chart.html" with chart=growth title=title %}
"""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from xml.etree import ElementTree

import pygal
from django.utils.safestring import SafeString, mark_safe
from pygal.graph.graph import Graph
from pygal.style import Style

from signatures import numerals

# Pygal hooks itself into every import, for maps that are plugins of it, in a way that Python 3.12 no longer knows.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

LETTERS = 14  # as in charts.css, so that pygal leaves room for them
WIDE, NARROW = (860, 300), (360, 240)
MOST_NAMED = {WIDE: 6, NARROW: 3}
MOST_TICKS = 4
ROW = 46
PLAIN: dict[str, Any] = {
    "css": [],
    "js": [],
    "style": Style(label_font_size=LETTERS, major_label_font_size=LETTERS),
    "no_prefix": True,
    "show_legend": False,
    "truncate_label": -1,
    "margin": 2,
}
LONG_FRACTION = re.compile(r"(\d\.\d)\d+")


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
    return [Figure(label, value, numerals.percent(value / whole) if whole else "") for label, value in listed]


class Columns(pygal.Bar):
    _series_margin, _serie_margin = 0.08, 0


class Rows(pygal.HorizontalBar):
    _series_margin, _serie_margin = 0.4, 0


def _line(figures: Sequence[Figure], size: tuple[int, int]) -> SafeString:
    """Ground and line are two: the edge of a ground would be drawn down to the axis."""
    chart = _over_time(pygal.Line, figures, size, show_dots=False)
    values: list[int | None] = [figure.value for figure in figures]
    chart.add("", values, fill=True)
    chart.add("", values)
    chart.add("", [*[None] * (len(values) - 1), *values[-1:]], show_dots=True, dots_size=4)
    return _text(_tree(chart))


def _columns(figures: Sequence[Figure], size: tuple[int, int]) -> SafeString:
    chart = _over_time(Columns, figures, size)
    chart.add("", [figure.value for figure in figures])
    if any(figure.second is not None for figure in figures):
        chart.add("", [figure.second or 0 for figure in figures])
    return _text(_tree(chart))


def _over_time(kind: type[Graph], figures: Sequence[Figure], size: tuple[int, int], **more: object) -> Graph:
    ticks = _ticks(max((figure.value for figure in figures), default=0))
    named = _spread(len(figures), MOST_NAMED[size])
    return kind(
        **{**PLAIN, **more},
        width=size[0],
        height=size[1],
        range=(0, ticks[-1]),
        y_labels=ticks,
        value_formatter=lambda value: numerals.number(round(value)),
        x_labels=[(each.short or each.label) if place in named else "" for place, each in enumerate(figures)],
    )


def _bars(figures: Sequence[Figure], width: int) -> SafeString:
    """Pygal would set the words beside the bars, where a phone has no room for both."""
    if not figures:
        return SafeString()
    most, upwards = max(figure.value for figure in figures) or 1, figures[::-1]
    chart = Rows(**PLAIN, width=width, height=ROW * len(figures), range=(0, most), show_x_labels=False)
    chart.add("", [figure.value for figure in upwards])
    root = _tree(chart)
    plot = next(node for node in root.iter("g") if node.get("class") == "plot")
    drawn = list(plot.iter("rect"))
    begin = float(drawn[0].get("x", 0))
    end = width - 2 * PLAIN["margin"] - begin
    for figure, bar in zip(upwards, drawn, strict=True):
        above = float(bar.get("y", 0)) - 8
        _write(plot, figure.label, "words", begin, above)
        _write(plot, " · ".join(filter(None, (numerals.number(figure.value), figure.note))), "value", end, above)
    root.set("viewBox", f"{begin + PLAIN['margin']:.1f} 0 {end - begin:.1f} {ROW * len(figures)}")
    return _text(root)


def _write(parent: ElementTree.Element, text: str, kind: str, x: float, y: float) -> None:
    ElementTree.SubElement(parent, "text", {"class": kind, "x": f"{x:.1f}", "y": f"{y:.1f}"}).text = text


def _ticks(most: int) -> list[int]:
    """From 0 to a round number that is no less than `most`, in steps that people count in."""
    sizes = (digit * 10**zeros for zeros in range(12) for digit in (1, 2, 5))
    step = next(size for size in sizes if size * MOST_TICKS >= most)
    return [step * place for place in range(max(1, ceil(most / step)) + 1)]


def _spread(many: int, most: int) -> list[int]:
    """At most `most` places among `many`, the first and the last always, as evenly as they can lie."""
    count = min(many, most)
    return sorted({round(place * (many - 1) / max(count - 1, 1)) for place in range(count)})


def _tree(chart: Graph) -> ElementTree.Element:
    """Without what is not of the drawing: a style sheet, a script, tooltips, and grounds that would cover the page's.
    A tenth of a unit is finer than any screen."""
    root = chart.render_tree()
    for parent in list(root.iter()):
        for node in [each for each in parent if not _is_drawing(each)]:
            parent.remove(node)
        parent.attrib.update({name: LONG_FRACTION.sub(r"\1", value) for name, value in parent.attrib.items()})
    del root.attrib["id"], root.attrib["class"]
    root.set("aria-hidden", "true")
    return root


def _is_drawing(node: ElementTree.Element) -> bool:
    kinds = set(node.get("class", "").split())
    is_nameless = "guides" in kinds and not node.findtext("text")
    is_theirs = node.tag in (ElementTree.Comment, "defs", "title", "desc") or kinds & {"background", "tooltip-overlay"}
    return not is_nameless and not is_theirs


def _text(root: ElementTree.Element) -> SafeString:
    """ElementTree has escaped every word."""
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))  # noqa: S308

"""Tests that a chart shows the same as its table, in the reader's digits, and has nothing that the CSP refuses."""

from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.utils import translation

from signatures.public import charts
from signatures.public.charts import Figure

DAYS = [Figure(f"{day} November", day * day) for day in range(1, 31)]
SECTORS = [("Music", 620), ("Literature & <b>poetry</b>", 310), ("Theatre", 70), ("Film", 0)]
KINDS = [charts.line, charts.columns]


def words(svg, kind="text"):
    return [node.text for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}" + kind)]


def marks(svg, kind):
    return list(ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}" + kind))


@pytest.mark.parametrize("draw", KINDS)
@pytest.mark.parametrize("figures", [DAYS, DAYS[:2], DAYS[:1], [Figure("1 November", 0)]], ids=len)
def test_what_is_drawn_is_nothing_but_shapes_and_words(draw, figures):
    chart = draw(figures, head="Day", value_head="Signatures")
    for svg in (chart.wide, chart.narrow):
        tags = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(svg).iter()}
        attributes = {name for node in ElementTree.fromstring(svg).iter() for name in node.attrib}
        assert tags <= {"svg", "g", "path", "rect", "circle", "text"}
        assert not attributes & {"style", "onclick", "href", "id"}


@pytest.mark.parametrize("draw", KINDS)
def test_an_axis_of_time_names_the_first_day_and_the_last_and_few_between(draw):
    chart = draw(DAYS, head="Day", value_head="Signatures")
    wide = [word for word in words(chart.wide) if "November" in word]
    narrow = [word for word in words(chart.narrow) if "November" in word]

    assert (wide[0], wide[-1], len(wide)) == ("1 November", "30 November", 6)
    assert (narrow[0], narrow[-1], len(narrow)) == ("1 November", "30 November", 3)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, ["0", "1"]),
        (1, ["0", "1"]),
        (4, ["0", "1", "2", "3", "4"]),
        (13_500, ["0", "5,000", "10,000", "15,000"]),
        (2_000_000, ["0", "500,000", "1,000,000", "1,500,000", "2,000,000"]),
    ],
)
def test_the_other_axis_begins_at_nought_and_counts_in_round_numbers(most, ticks):
    chart = charts.columns([Figure("1 November", most)], head="Day", value_head="Signatures")
    assert [word for word in words(chart.wide) if "November" not in word] == ticks


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_heights_are_in_proportion_and_written_as_svg_reads_them(language):
    with translation.override(language):
        chart = charts.columns([Figure("1", 5), Figure("2", 10), Figure("3", 0)], head="Day", value_head="Signatures")
    heights = [float(bar.get("height")) for bar in marks(chart.wide, "rect")]
    assert heights == pytest.approx([heights[1] / 2, heights[1], 0], abs=0.2)


def test_bars_keep_their_order_and_stand_under_their_words_and_shares():
    chart = charts.bars(charts.with_shares(SECTORS), head="Field of work", value_head="Signatures")
    bars = sorted(marks(chart.narrow, "rect"), key=lambda bar: float(bar.get("y")))
    texts = sorted(marks(chart.narrow, "text"), key=lambda text: (float(text.get("y")), float(text.get("x"))))

    assert [text.text for text in texts] == [
        "Music", "620 · 62%", "Literature & <b>poetry</b>", "310 · 31%", "Theatre", "70 · 7%", "Film", "0 · 0%",
    ]  # fmt: skip
    widths = [float(bar.get("width", 0)) for bar in bars]
    assert widths == pytest.approx([widths[0], widths[0] / 2, widths[0] * 7 / 62, 0], abs=0.2)


def test_each_figure_has_a_column_and_each_of_two_series_its_own():
    figures = [Figure("1", 5, second=2), Figure("2", 10, second=10)]
    chart = charts.columns(figures, head="Hour", value_head="Signed", second_head="Confirmed")
    lefts = [float(bar.get("x")) for bar in marks(chart.wide, "rect")]
    heights = [float(bar.get("height")) for bar in marks(chart.wide, "rect")]

    assert sorted(lefts) == [lefts[0], lefts[2], lefts[1], lefts[3]]
    assert heights == pytest.approx([heights[1] / 2, heights[1], heights[1] / 5, heights[1]], abs=0.2)


def test_a_line_rises_with_its_figures():
    chart = charts.line([Figure("1", 0), Figure("2", 5), Figure("3", 10)], head="Day", value_head="Signatures")
    drawn = next(path.get("d") for path in marks(chart.wide, "path") if path.get("class") == "line")
    x1, y1, x2, y2, x3, y3 = map(float, drawn.removeprefix("M").split())

    assert (x2 - x1, y1 - y2) == (pytest.approx(x3 - x2, abs=0.2), pytest.approx(y2 - y3, abs=0.2))
    assert (x1 < x2, y1 > y2) == (True, True)


def test_what_people_wrote_cannot_leave_its_element():
    chart = charts.bars(charts.with_shares(SECTORS), head="Field of work", value_head="Signatures")
    page = render_to_string("public/chart.html", {"chart": chart, "title": "Fields"})
    assert BeautifulSoup(page, "html.parser").find_all("b") == []


def test_none_of_many_is_never_rounded_down_to_nothing():
    assert [figure.note for figure in charts.with_shares([("Music", 9_999), ("Film", 1)])] == ["100%", "1%"]
    assert [figure.note for figure in charts.with_shares([("Music", 0)])] == [""]


@pytest.mark.parametrize(
    ("language", "number", "share"),
    [("fr", "13\u202f500", "75\xa0%"), ("hi", "13,500", "75%"), ("ar", "١٣٬٥٠٠", "٧٥٪")],
)
def test_numbers_are_the_readers(language, number, share):
    with translation.override(language):
        chart = charts.bars(
            charts.with_shares([("Music", 13_500), ("Film", 4_500)]), head="Field", value_head="Signatures"
        )
        assert words(chart.wide)[1] == f"{number} · {share}"


def test_the_table_behind_holds_every_figure():
    chart = charts.line(DAYS, head="Day", value_head="Signatures")
    page = BeautifulSoup(render_to_string("public/chart.html", {"chart": chart, "title": "Growth"}), "html.parser")
    rows = [tuple(cell.get_text() for cell in row.find_all(["th", "td"])) for row in page.find_all("tr")]

    assert rows == [("Day", "Signatures"), *((figure.label, str(figure.value)) for figure in DAYS)]
    assert [svg["aria-hidden"] for svg in page.find_all("svg")] == ["true", "true"]


def test_nothing_to_compare_draws_nothing():
    assert charts.bars([], head="Field", value_head="Signatures").wide == ""

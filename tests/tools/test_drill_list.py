"""Tests that bin/drill knows every drill, and nothing else."""

import re
from pathlib import Path

from tools.dev import drill_report
from tools.dev.drill_list import DRILLS
from tools.dev.drill_report import Outcome
from tools.dev.processes import ROOT
from tools.dev.screen import Terminal

PAGE = ROOT / "docs/reliability.md"
REPORT = """<testsuites><testsuite>
<testcase name="{quick}" time="12.3"><properties>
  <property name="asked" value="500"/><property name="remark" value="slowly"/>
</properties></testcase>
<testcase name="{broken}" time="1"><properties><property name="5xx" value="3"/></properties><failure/></testcase>
<testcase name="{skipped}" time="0"><skipped message="needs root"/></testcase>
</testsuite></testsuites>"""


def drills_in(*files: Path) -> set[str]:
    return {
        f"{file.relative_to(ROOT)}::{name}"
        for file in files
        for name in re.findall(r"^def (test_\w+)\(.*\btell\b", file.read_text("utf-8"), re.MULTILINE)
    }


def test_every_drill_is_a_test_and_every_test_that_tells_its_figures_is_a_drill():
    named = [drill.test for drill in DRILLS.values()]

    assert sorted(named) == sorted(drills_in(*(ROOT / "tests/drills").rglob("test_*.py")))


def test_bin_test_leaves_the_long_ones_alone():
    """tests/conftest.py leaves out tests with the marker or in the folder, unless they are asked for."""
    long = {drill.test for drill in DRILLS.values() if not drill.is_quick}
    marked = [file for file in (ROOT / "tests/drills").glob("test_*.py") if "mark.long" in file.read_text("utf-8")]

    assert long == drills_in(*marked, *(ROOT / "tests/drills/long").glob("test_*.py"))


def test_the_table_says_what_passed_what_failed_and_what_was_not_run(tmp_path: Path):
    names = list(DRILLS)[:4]
    tests = [DRILLS[name].test.rpartition("::")[2] for name in names]
    file = tmp_path / "report.xml"
    file.write_text(REPORT.format(quick=tests[0], broken=tests[1], skipped=tests[2]))
    outcomes = drill_report.read(file, names)

    assert [(outcome.verdict, outcome.remark) for outcome in outcomes] == [
        ("passed", "slowly"), ("FAILED", ""), ("not run", "needs root"), ("not run", "it was not finished"),
    ]  # fmt: skip
    assert outcomes[0].row == [names[0], "500", *["–"] * 8, "12 s", "–", "passed"]
    assert [drill_report.exit_code(0, outcomes[at : at + 1]) for at in range(4)] == [0, 1, 1, 1]
    assert (drill_report.exit_code(0, []), drill_report.exit_code(2, outcomes[:1])) == (0, 2)
    shown = drill_report.table(outcomes, Terminal(), 2)
    assert f"Not passed: {', '.join(names[1:])}. 4 drills, 2.0 minutes." in shown
    assert "Nothing that was accepted is missing. 1 drills" in drill_report.table(outcomes[:1], Terminal(), 2)


def test_a_page_gets_the_new_row_in_the_place_of_the_old_one_and_keeps_the_others(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{drill_report.BEGIN}\nold\n{drill_report.END}\nafter\n")
    first, second = list(DRILLS)[:2]
    drill_report.write(page, [Outcome(second, "passed", 5, {}, "slowly")])
    for took in (6, 7):
        drill_report.write(page, [Outcome(first, "passed", took, {"asked": "200"}, "no harm")])

    text = page.read_text()
    assert list(drill_report.rows_in(page)) == [first, second]
    assert f"| {first} | 200 | – | – | – | – | – | – | – | – | 7 s | – | passed |\n| {second} | –" in text
    assert f"\n\n- {first}: no harm\n- {second}: slowly\n\n{drill_report.END}\nafter\n" in text
    assert (text.startswith("before\n"), "old" in text) == (True, False)


def test_the_page_about_reliability_tells_of_every_drill():
    text = PAGE.read_text("utf-8")
    table = text.partition("<!-- drills -->\n\n")[2].partition("\n\n")[0].splitlines()
    rows = [f"| {name}{' (quick)' if drill.is_quick else ''} | {drill.what} |" for name, drill in DRILLS.items()]

    assert table == ["| drill | what happens |", "|---|---|", *rows]
    assert [name for name in DRILLS if name in drill_report.rows_in(PAGE)] == list(drill_report.rows_in(PAGE))

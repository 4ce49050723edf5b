"""Tests that bin/bench prints what it measured, and fails if that is too little."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tools.bench import cpu, report
from tools.bench.__main__ import _tell, arguments, main
from tools.bench.load import Load, run
from tools.bench.measure import Figure, Row, comparison_row, figure, side_by_side
from tools.dev.processes import ROOT

ABOUT = {"at": "2026-11-22T10:00:00+00:00", "machine": "2 processors", "command": "bin/bench"}


def row(*, rates=(300.0, 200.0, 250.0), floor=(1000.0, 1000.0, 500.0), must=0.25, **more):
    return Row("sign", "sign beside one INSERT", must, list(rates), list(floor), "POST/s", **more)


class TestARow:
    def test_compares_round_by_round_and_takes_the_middle(self):
        assert row().ratios == [0.3, 0.2, 0.5]
        assert row().ratio == 0.3

    def test_reaches_what_it_must_or_falls_short(self):
        assert [row(must=0.3).is_reached, row(must=0.31).is_reached] == [True, False]
        assert [row(must=0.3, at_most=True).is_reached, row(must=0.29, at_most=True).is_reached] == [True, False]

    def test_falls_short_with_any_fault(self):
        assert row(faults=["3 times 502"]).is_reached is False

    def test_compares_processors_where_they_were_read(self):
        assert row(cpu=[400.0, 500.0, 400.0], floor_cpu=[100.0, 100.0, 200.0]).cpu_ratio == 0.25
        assert row().cpu_ratio is None

    def test_survives_its_file(self):
        kept = json.loads(json.dumps(row(notes=["pgbench: 9"]).as_json()))
        assert Row.from_json(kept) == row(notes=["pgbench: 9"])


def test_every_round_begins_with_another_program():
    order = []
    programs = {name: lambda turn, name=name: order.append(name) or Figure(1, 1) for name in "abc"}
    figures_of = side_by_side(programs, 3)

    assert order == [*"abc", *"bca", *"cab"]
    assert {name: len(figures) for name, figures in figures_of.items()} == {"a": 3, "b": 3, "c": 3}


def test_only_expected_answers_count_and_others_are_faults():
    load = Load(requests=100, seconds=2, p50=0.01, p99=0.02, statuses={"303": 90, "502": 10}, broken=0)
    spent = iter([1.0, 3.0])
    measured = figure(lambda: load, lambda: next(spent), "303")

    assert (measured.rate, measured.cpu, measured.faults) == (45, 20_000, ("10 times 502",))
    assert comparison_row("a", "b", 0, "", [measured], [Figure(1, 1)]).faults == ["10 times 502"]


def test_no_load_goes_anywhere_else():
    for url in ("http://petition.example.org/", "http://192.0.2.1/"):
        with pytest.raises(ValueError, match="this machine alone"):
            run(url, seconds=1)


class TestTheTable:
    def test_says_what_fell_short_and_why(self):
        output = report.text([row(), row(must=0.9, faults=["3 times 502"], notes=["pgbench: 2,924/s"])])

        assert [word for line in output.splitlines() for word in ("reached", "SHORT") if line.endswith(word)] == [
            "reached", "SHORT",
        ]  # fmt: skip
        assert [text in output for text in ("0.20-0.50", "FAULT: 3 times 502", "pgbench: 2,924/s")] == 3 * [True]

    def test_goes_to_its_place_in_a_page_and_replaces_the_one_before(self, tmp_path):
        page = tmp_path / "performance.md"
        page.write_text(f"# Fast\n\n{report.BEGIN}\n{report.END}\n\nThe end.\n")
        report.write(page, [row(must=0.9)], ABOUT)
        report.write(page, [row()], ABOUT)

        assert (page.read_text().startswith("# Fast"), page.read_text().endswith("The end.\n")) == (True, True)
        assert [line for line in page.read_text().splitlines() if line.startswith("| sign")] == [
            "| sign beside one INSERT | 250 POST/s | 1,000 | 0.30 | 0.20-0.50 |  |  | at least 0.25 | reached |"
        ]

    def test_needs_a_place(self, tmp_path):
        page = tmp_path / "page.md"
        page.write_text("# Fast\n")
        with pytest.raises(SystemExit, match="no place for the table"):
            report.write(page, [row()], ABOUT)

    def test_says_what_changed(self):
        earlier = {"about": ABOUT, "rows": [row(rates=(100.0, 100.0, 100.0)).as_json()]}
        assert report.compare([row()], earlier).splitlines()[1] == "  sign beside one INSERT: 0.10 -> 0.30  +200%"

    def test_of_the_docs_is_written_from_a_file(self, tmp_path):
        kept, page = tmp_path / "bench.json", tmp_path / "page.md"
        kept.write_text(json.dumps({"about": ABOUT, "rows": [row().as_json()]}))
        page.write_text(f"{report.BEGIN}{report.END}")

        assert main(["--json", str(kept), "--write", str(page)]) == 0
        assert "Measured on 2 processors; 2026-11-22, `bin/bench`." in page.read_text()


def test_cases_that_were_run_apart_go_into_one_file_in_their_order(tmp_path):
    kept = tmp_path / "bench.json"
    for case in ("mixed", "sign", "mixed"):
        rows = [replace(row(), case=case, what=f"{case} beside another")]
        _tell(arguments([case, "--add", "--json", str(kept)]), rows, f"bin/bench {case}")

    assert [one_row["case"] for one_row in json.loads(kept.read_text())["rows"]] == ["sign", "mixed"]


@pytest.mark.parametrize("odd", [["nothing"], ["--without", "nothing"], ["--rounds", "0"], ["--seconds", "900"]])
def test_odd_arguments_are_refused(odd, capsys):
    with pytest.raises(SystemExit) as refused:
        arguments(odd)
    assert refused.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("bin/bench: error: ")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
class TestProcessors:
    def test_are_counted_with_children_that_have_ended(self):
        before = cpu.seconds([os.getpid()])
        subprocess.run([sys.executable, "-c", "while __import__('time').process_time() < 0.3: pass"], check=True)
        assert 0.25 < cpu.seconds([os.getpid()]) - before < 3

    def test_and_memory_are_told_of_a_whole_family(self):
        program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
        with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as started:
            while len(cpu.family(started.pid)) < 2:
                time.sleep(0.01)
            sizes = cpu.resident(started.pid)
            assert started.stdin
            started.stdin.close()
        assert (len(sizes), all(1 < size < 200 for size in sizes.values())) == (2, True)


@pytest.mark.drill
def test_a_short_run_measures_the_real_site(tmp_path):
    """The load is real, and the figures depend on the machine, so the test only checks that they are there."""
    kept = tmp_path / "bench.json"
    command = ["bin/bench", "statement", "edge-count", "--rounds", "1", "--seconds", "1", "--json", str(kept)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    rows = [Row.from_json(one_row) for one_row in json.loads(kept.read_text())["rows"]]

    assert ([one_row.case for one_row in rows], done.stderr) == (["statement", "edge-count"], "")
    assert done.returncode == (0 if all(one_row.is_reached for one_row in rows) else 1)
    assert all(one_row.rates[0] > 0 and one_row.floor[0] > 0 and one_row.cpu[0] > 0 for one_row in rows)

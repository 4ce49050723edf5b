"""docs/security.md names the test of each promise: every one that it names is there."""

import re

from dev.processes import ROOT

ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.*?) \| (.+) \|$", (ROOT / "docs/security.md").read_text("utf-8"), re.M)


def test_all_thirty_two_promises_are_there():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 33))


def test_every_test_that_is_named_exists():
    named = [name.split("::") for *_, tests in ROWS for name in re.findall(r"`(tests/\S+?::\w+)`", tests)]
    gone = [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")]

    assert gone == []
    assert len(named) > 40


def test_a_test_that_bears_a_rows_number_is_named_in_that_row():
    told = {int(number): tests for number, *_, tests in ROWS}
    for file in (ROOT / "tests").rglob("test_*.py"):
        for row in map(int, re.findall(r"def test_row_(\d+)_", file.read_text("utf-8"))):
            assert file.name in told[row], (file.name, row)

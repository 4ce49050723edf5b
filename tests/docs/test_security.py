"""Checks docs/security.md: the tests of each promise exist, and their names have the number of its row."""

import re

from tools.dev.processes import ROOT

ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.*?) \| (.+) \|$", (ROOT / "docs/security.md").read_text("utf-8"), re.M)
NAMED = [
    (int(number), file, name)
    for number, *_, tests in ROWS
    for file, name in re.findall(r"`(tests/\S+?)::(\w+)`", tests)
]


def test_all_thirty_two_promises_are_there():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 33))


def test_every_test_that_is_named_exists():
    gone = [named for named in NAMED if f"def {named[2]}(" not in (ROOT / named[1]).read_text("utf-8")]

    assert gone == []


def test_every_row_names_a_test():
    assert {number for number, *_ in NAMED} == set(range(1, 33))


def test_a_test_bears_the_number_of_its_row():
    """One drill tests several promises, so its name has no number."""
    odd = [
        named for named in NAMED if not named[2].startswith(f"test_row_{named[0]:02}_") and "/drills/" not in named[1]
    ]

    assert odd == []


def test_a_test_that_bears_a_rows_number_is_in_a_file_that_the_row_names():
    """The row names one test of the file; the others may have the number too."""
    in_table = {(number, file) for number, file, _name in NAMED}
    files = {file: file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py")}
    borne = {
        (int(row), file.relative_to(ROOT).as_posix())
        for file, text in files.items()
        for row in re.findall(r"def test_row_(\d+)_", text)
    }

    assert borne - in_table == set()

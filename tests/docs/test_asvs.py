"""Checks docs/asvs.md: each requirement is there once, in order, and every file that it names exists."""

import re

from tools.dev.processes import ROOT

TEXT = (ROOT / "docs/asvs.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+)\.(\d+)\.(\d+) \| ([12]) \| (met|partly|not met|n\.a\.) \| (.+) \|$", TEXT, re.M)
NAMED = re.compile(r"`((?:bin|deploy|docs|petition|signatures|static|tests)/[\w./-]*\w|[\w-]+\.(?:toml|txt|yml))`")


def test_each_requirement_is_there_once_and_in_order():
    numbers = [tuple(map(int, row[:3])) for row in ROWS]

    assert numbers == sorted(set(numbers))
    assert {chapter for chapter, *_ in numbers} == set(range(1, 17)) - {10}
    assert len(ROWS) == TEXT.count("\n| ") - TEXT.count("\n| requirement ")


def test_the_sum_of_them_is_true():
    summary = re.search(r"^Of (\d+): (.+)\.$", TEXT, re.M)
    states = [row[4] for row in ROWS]

    assert int(summary[1]) == len(ROWS)
    assert summary[2] == ", ".join(f"{states.count(state)} {state}" for state in ("met", "partly", "not met", "n.a."))


def test_every_file_that_is_named_exists():
    named = [path for row in ROWS for path in NAMED.findall(row[5])]

    assert [path for path in named if not (ROOT / path).exists()] == []
    assert len(named) > 100

"""Imitations of protected names are detected. The cases are older than the rules; every third was not used for
tuning."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.identity.likeness import ComparableName
from signatures.review.starter_names import starter_names

CASES = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "data" / "likeness.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
HELD_OUT = CASES[2::3]
PROTECTED = [(name, ComparableName(written)) for name, written, _field in starter_names()]


def resembled_names(typed):
    """Searches as the site does: by a common key in the database, then by the rules."""
    name = ComparableName(typed)
    return {key for key, protected in PROTECTED if name.keys & protected.keys and name.resembles(protected)}


def test_every_third_name_is_told_apart():
    results = [(expected, resembled_names(typed)) for typed, expected in HELD_OUT]
    right = sum(expected in got for expected, got in results if expected != "-")
    wrong = sum(bool(got) for expected, got in results if expected == "-")
    missed = sum(expected not in got for expected, got in results if expected != "-")
    precision, recall = right / (right + wrong), right / (right + missed)
    sys.stdout.write(f"{len(HELD_OUT)} held-out names: precision {precision:.2f}, recall {recall:.2f}\n")

    assert (precision >= 0.95, recall >= 0.95) == (True, True)


@pytest.mark.parametrize(("typed", "expected"), [case for case in CASES if case not in HELD_OUT])
def test_the_others_are_told_apart_one_by_one(typed, expected):
    assert (expected in resembled_names(typed)) if expected != "-" else resembled_names(typed) == set()


def test_the_list_to_begin_with_is_of_some_size_and_names_nobody_twice():
    written = [form for _name, form, _field in starter_names()]

    assert len({name for name, _written, _field in starter_names()}) >= 300
    assert len(written) == len(set(written))


def test_every_protected_name_is_found_by_itself():
    assert [name for name, protected in PROTECTED if name not in resembled_names(protected.text)] == []


@pytest.mark.parametrize("name", ["储建平", "노경희", "程恩碩", "慕志强"])
def test_syllables_alone_make_nobody_famous(name):
    """The demo data contained this: Chu Jianping has the consonants of Xi Jinping."""
    assert resembled_names(name) == set()


@given(st.text(max_size=120))
def test_any_text_has_keys_and_is_like_itself(text):
    name = ComparableName(text)

    assert name.resembles(name)
    assert name.keys

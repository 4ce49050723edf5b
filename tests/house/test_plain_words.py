"""The lint for plain English refuses old words, bare openings and verbless docstrings, and accepts plain code."""

import pytest

from tools.dev.plain_words import has_verb, problems_in, problems_in_files

GOOD = '''
"""Counts requests in the cache."""

from django.utils.translation import gettext as _

LABEL = _("Who may sign?")


def expire(row, *, now):
    """Row 31: the row expires."""
    count = 1  # whole rows only
    return count
'''


def reasons(source):
    return [(problem.line, problem.reason) for problem in problems_in(source)]


def test_plain_code_has_no_problem():
    assert reasons(GOOD) == []


@pytest.mark.parametrize(
    "source",
    [
        "found = 1", "def lately(): pass", "def look(hint): pass", "class Press: pass", "for each in range(3): pass",
        "[said for said in range(3)]", "def shown_lately(): pass", "self.theirs = 1", "import re as whom",
        "OURS = 1", "_once = 1", "lambda beside: beside",
    ],
)  # fmt: skip
def test_an_old_word_is_refused_as_a_name(source):
    assert reasons(source) == [(1, "old word in a name")]


@pytest.mark.parametrize(
    "source",
    ['many = models.IntegerField("count")', "row.found", "def test_what_is_found_once(): pass", "foundation = 1"],
)
def test_columns_uses_and_sentences_are_no_old_words(source):
    indented = f"class Row:\n    {source}\n"
    assert reasons(indented) == []


@pytest.mark.parametrize(
    "source",
    [
        '"""Whoever signs is counted."""', "# Who signs by a link is notable.", '_("Who signs is notable.")',
        'gettext_lazy("Whom to ask")', '"""Row 3: whose name is famous is held."""', "x = 1  # who asks gets it",
        '# The first line\n# goes on.\n\n# Whose\n# name is that.',
    ],
)  # fmt: skip
def test_a_bare_who_is_refused(source):
    assert "opens with a bare Who" in [reason for _line, reason in reasons(source)]


@pytest.mark.parametrize("text", ["What the worker stores.", "Whether it is open.", "Whatever is sent is kept."])
def test_a_docstring_that_opens_with_a_bare_what_is_refused(text):
    assert reasons(f'"""{text}"""') == [(1, "opens with a bare What or Whether")]


@pytest.mark.parametrize("source", ['"""Who has signed? Reads the table."""', "# The first who\n# whoever goes on"])
def test_a_question_and_the_middle_of_a_comment_are_fine(source):
    assert reasons(source) == []


@pytest.mark.parametrize(
    "text",
    [
        "Names and credits.", "By language, without a name.", "The count of the signatures.", "Told whole.",
        "Pages kept for a moment.", "Newest first; empty where none.", "A list of keys, newest first.", "Name",
        "A word to the worker.", "Row 31: the same for a mailbox.", "Rows of day, action and total.",
    ],
)  # fmt: skip
def test_a_docstring_without_a_verb_is_refused(text):
    assert not has_verb(text)
    assert reasons(f'def act():\n    """{text}"""\n') == [(2, "docstring without a verb")]


@pytest.mark.parametrize(
    "text",
    [
        "Returns the count.", "Counts refused forms.", "Lists messages.", "Names the provider.", "It is safe.",
        "The page shows names.", "Raised if the link is old.", "A limit that nobody may exceed.",
        "Row 31: a link expires.",
        "Nobody signed twice.", "Wakes the worker.", "Don’t repeat yourself.", "Applies the rule.",
    ],
)  # fmt: skip
def test_a_docstring_with_a_verb_is_accepted(text):
    assert has_verb(text)


def test_the_lint_itself_is_in_plain_words():
    assert problems_in_files(["tools/dev/plain_words.py", "tests/house/test_plain_words.py"]) == []

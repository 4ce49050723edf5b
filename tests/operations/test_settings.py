"""Tests that an invalid environment variable stops the start with one line that says what to do."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from petition import env


@pytest.fixture
def given(monkeypatch):
    def give(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return give


def test_a_secret_may_come_from_a_file(given, tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    given(KEY_FILE=str(tmp_path / "key"))

    assert env.text("KEY") == "from a file"


@pytest.mark.parametrize(
    ("values", "read", "words"),
    [
        ({}, lambda: env.required("NOT_THERE"), "NOT_THERE is not set"),
        ({"A": "x", "A_FILE": "/y"}, lambda: env.text("A"), "both set"),
        ({"A_FILE": "/does/not/exist"}, lambda: env.text("A"), "No such file"),
        ({"A": "maybe"}, lambda: env.boolean("A", False), "use true or false"),
        ({"A": "-1"}, lambda: env.integer("A"), "whole number, 0 or more"),
        ({"A": "ten"}, lambda: env.integer("A", 1), "whole number"),
        ({"A": "0"}, lambda: env.integer("A", 1, least=1), "1 or more"),
        ({"A": "1" * 40}, lambda: env.secrets("A"), None),
        ({"A": "short"}, lambda: env.secrets("A"), "at least 32 characters"),
        ({"A": "1" * 40 + ","}, lambda: env.secrets("A"), "empty entry"),
        ({"A": "mysql://x"}, lambda: env.database("A"), "postgres://"),
        ({"A": "example.org"}, lambda: env.url("A", "https"), "https://"),
        ({"A": "sendmail://x"}, lambda: env.email("A"), "smtp://"),
    ],
)
def test_an_odd_value_is_named(given, values, read, words):
    given(**values)
    if words is None:
        read()
    else:
        with pytest.raises(ImproperlyConfigured, match=words):
            read()


def test_values_are_read(given):
    given(A=" yes ", B="a, b", C="7", D="postgres://me:p%40ss@db:5433/letters", E="smtp+tls://u:p@mail.example.org:587")

    assert env.boolean("A", False) is True
    assert env.comma_separated("B") == ["a", "b"]
    assert env.integer("C") == 7
    assert {key: env.database("D")[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "letters", "USER": "me", "PASSWORD": "p@ss", "HOST": "db", "PORT": 5433,
    }  # fmt: skip
    assert (env.email("E")["EMAIL_HOST"], env.email("E")["EMAIL_USE_TLS"]) == ("mail.example.org", True)


def test_an_empty_value_counts_as_unset(given):
    given(A="", B="  ")

    assert (env.text("A", "default"), env.boolean("B", True), env.integer("A", 3)) == ("default", True, 3)

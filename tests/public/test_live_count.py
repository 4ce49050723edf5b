"""Tests the size of the live count's script, and which pages have it."""

import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.people import NOON, make_signature, make_statement
from tools.dev.processes import ROOT

pytestmark = pytest.mark.django_db

SCRIPT = ROOT / "static" / "js" / "count.js"


@pytest.fixture(autouse=True)
def here(settings):
    settings.ALLOWED_HOSTS = ["testserver"]


def front(address="/letter/"):
    return BeautifulSoup(Client().get(address).content, "html.parser")


def scripts(page):
    return [line["data-module"] for line in page.select("[data-module]") if "/count." in line["data-module"]]


def test_it_weighs_a_kilobyte_at_most():
    """Measures it without comments, line breaks and unnecessary spaces, like a minifier that renames nothing."""
    text = re.sub(r"^\s*//.*$", "", SCRIPT.read_text(), flags=re.MULTILINE)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    small = re.sub(r" ?([=+*/<>?:,;{}()&|!]+) ?", r"\1", "".join(lines))
    assert len(small.encode()) <= 1024


def test_an_open_statement_that_somebody_signed_says_where_its_count_is():
    statement = make_statement(closes_at=NOON.replace(year=2099))
    assert scripts(front()) == []
    make_signature(statement)

    page = front("/ar/letter/")
    line = page.select_one("[data-live]")
    assert (line["data-live"], line["data-count"]) == ("/ar/letter/count.json", "1")
    assert line["data-until"].startswith("2099-")
    assert len(scripts(page)) == 1


def test_a_closed_one_asks_nobody_for_more():
    make_signature(make_statement(state="closed"))
    assert scripts(front()) == []

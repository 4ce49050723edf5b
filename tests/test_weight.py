"""What a first visit costs, compressed as it travels, without fonts (test_look.py counts those)."""

import gzip
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

MOST = 60_000
LETTER = "## What we ask\n\n" + "It was made over years, by many hands, and it is not free for the taking.\n\n" * 110


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    statement = make_statement(text=LETTER, now=NOON, goal=1000)
    for number in range(80):
        make_signature(
            statement, name=f"Ilse {number:x} Varga-Holt", credit=f"composer of {number} operas", notable=number < 60
        )
    return statement


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def asked_for(soup):
    """The files of ours that a browser fetches before anybody does anything, apart from fonts and icon."""
    sheets = [link["href"] for link in soup.select("link[rel=stylesheet]:not([media=print])")]
    scripts = [script["src"] for script in soup.select("script[src]")]
    return sheets, scripts


@pytest.mark.parametrize("language", ["", "/ar", "/hi"])
@pytest.mark.parametrize("page", ["/letter/", "/letter/signatories/", "/letter/numbers/", "/privacy/"])
def test_a_page_is_light(language, page):
    content = Client().get(language + page).content
    sheets, scripts = asked_for(BeautifulSoup(content, "html.parser"))
    files = [staticfiles_storage.path(each.removeprefix("/static/")) for each in [*sheets, *scripts]]
    weight = packed(content) + sum(packed(Path(file).read_bytes()) for file in files)

    assert weight < MOST
    assert len(files) >= 2


def test_the_page_of_a_statement_asks_for_one_sheet_and_one_small_module():
    sheets, scripts = asked_for(BeautifulSoup(Client().get("/letter/").content, "html.parser"))
    (module,) = [staticfiles_storage.path(each.removeprefix("/static/")) for each in scripts]

    assert len(sheets) == 1
    assert packed(Path(module).read_bytes()) < 1000


def test_the_one_sheet_holds_all_its_parts():
    sheet = Path(staticfiles_storage.path("css/site.css")).read_text()
    assert "@import" not in sheet
    parts = ["--raw-paper: #faf8f3", '"Newsreader Fallback"', ".masthead-row", "@media print {"]
    assert [part for part in parts if part not in sheet] == []

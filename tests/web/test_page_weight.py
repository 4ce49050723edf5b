"""A first visit stays small: compressed bytes without fonts, which tests/web/test_style_sheets.py counts."""

import gzip
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from django.utils import timezone

from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

MAX_BYTES = 60_000
PAGES = [
    "/letter/", "/letter/signatories/", "/letter/signatories/music/", "/letter/organisations/", "/letter/numbers/",
    "/letter/notable/", "/letter/corrections/", "/letter/updates/", "/letter/check-your-inbox/", "/embed/letter/",
    "/about/", "/privacy/",
]  # fmt: skip
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


def loaded_files(soup):
    """Returns the files of the site that a browser loads immediately, without fonts and icon."""
    sheets = [link["href"] for link in soup.select("link[rel=stylesheet]:not([media=print])")]
    scripts = [script["src"] for script in soup.select("script[src]")]
    return sheets, scripts


@pytest.mark.parametrize("language", ["", "/ar", "/hi"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_light(language, page):
    assert 0 < weight(language + page) < MAX_BYTES


@pytest.mark.parametrize("language", ["", "/ar", "/hi"])
@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.THANKS, Purpose.OWN_PAGE, Purpose.NOT_ME])
def test_a_page_behind_a_link_is_light(language, purpose):
    paths = {Purpose.OWN_PAGE: "signature"}
    token = tokens.make(purpose, subject_id=Signature.objects.latest("id").id, generation=1, issued_at=timezone.now())
    assert 0 < weight(f"{language}/{paths.get(purpose, purpose.value)}/{token}/") < MAX_BYTES


def weight(address):
    content = Client().get(address).content
    sheets, scripts = loaded_files(BeautifulSoup(content, "html.parser"))
    files = [staticfiles_storage.path(url.removeprefix("/static/")) for url in [*sheets, *scripts]]
    assert len(files) >= 2
    return packed(content) + sum(packed(Path(file).read_bytes()) for file in files)


def test_the_page_of_a_statement_asks_for_one_sheet_and_one_small_module():
    sheets, scripts = loaded_files(BeautifulSoup(Client().get("/letter/").content, "html.parser"))
    (module,) = [staticfiles_storage.path(address.removeprefix("/static/")) for address in scripts]

    assert len(sheets) == 1
    assert packed(Path(module).read_bytes()) < 1000


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("site", ["--raw-paper: #faf8f3", '"Newsreader Fallback"', ".masthead-row", "@media print {",
                  "@layer components {", "@media print {\n@layer print {"]),
        ("desk", ["--raw-paper: #faf8f3", "#changelist .actions", ".import-steps"]),
    ],
)  # fmt: skip
def test_the_one_sheet_holds_all_its_parts(name, parts):
    sheet = Path(staticfiles_storage.path(f"css/{name}.css")).read_text()
    assert "@import" not in sheet
    assert sheet.count("{") == sheet.count("}")
    assert [part for part in parts if part not in sheet] == []

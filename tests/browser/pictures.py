"""Runs only with bin/check --pictures: takes pictures of the demonstration, in which all people are invented.

It replaces those of docs/pictures. If $SHOTS names a folder, it stores there every page in each width, language and
scheme instead, for people to look at. $ONLY selects some of either, by a pattern such as "list-ar-390-dark".
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page

from signatures.demo.source_files import read_source
from signatures.signing.models.signature import Signature
from signatures.statements.edit_text import edit_text
from signatures.statements.models.statement import Statement
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.browser.every_page import Act, invalid_forms, refuse
from tests.people import make_signature, make_statement
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOST = 60_000  # bytes of one picture
TALLEST = 2400  # pixels of one page, for people to look at
WIDTHS, LANGUAGES, SCHEMES = (390, 768, 1440), ("en", "ar", "hi"), ("light", "dark")

# Name, page, language, width, scheme, height
KEPT = [
    ("statement", "statement", "en", 1280, "light", 1160),
    ("statement-arabic-dark", "statement", "ar", 1280, "dark", 1160),
    ("statement-hindi-phone", "statement", "hi", 390, "light", 1500),
    ("letter", "letter", "en", 1280, "light", 900),
    ("form-refused", "form refused", "fr", 390, "light", 1500),
    ("thanks", "thanks", "en", 1280, "light", 1000),
    ("own-page-phone", "own page", "id", 390, "dark", 1500),
    ("names", "list", "en", 1280, "light", 1000),
    ("names-arabic-phone", "list", "ar", 390, "dark", 1300),
    ("organisations", "organisations", "fr", 768, "light", 1000),
    ("update", "update", "hi", 768, "dark", 900),
    ("numbers", "numbers", "en", 768, "light", 1500),
    ("numbers-arabic", "numbers", "ar", 768, "dark", 1500),
    ("embed", "embed", "en", 480, "light", 216),
]  # fmt: skip
# The URL of a site on this machine means nothing to the reader of a picture
NAMED_AS_OTHERS_ARE = """site => document.querySelectorAll(".address bdi").forEach(it => {
    it.textContent = it.textContent.replace(site, "https://statements.example.org");
})"""
QUALITIES = (80, 65, 50, 35)


@pytest.fixture
def addresses(goes_before_the_site: None) -> dict[str, str]:
    """Returns the paths of the demonstration, and of some more states, by name and without the language."""
    call_command("demo", verbosity=0)
    short = Statement.objects.get(slug="makers-letter")
    now = timezone.now()
    _like(short, "not-yet-open", opens_at=now + timedelta(days=3))
    closed = _like(short, "closed", state="closed", opens_at=now - timedelta(days=80), closes_at=now, goal=500)
    for day in range(40):
        make_signature(closed, now=now - timedelta(days=day))
    _like(short, "nobody-yet")
    return {**_pages(), **_links(short)}


def _like(other: Statement, slug: str, **fields: Any) -> Statement:
    statement = make_statement(slug, now=timezone.now(), organiser=other.organiser, **fields)
    for wording in read_source(other.slug)["wording"]:
        words = {field: wording[field] for field in ("language", "title", "addressee")}
        edit_text(statement=statement, text=wording["text"].strip(), now=timezone.now(), **words)
    return statement


def _pages() -> dict[str, str]:
    below = {
        "list": "signatories/", "sector": "signatories/literature/", "newest": "signatories/?order=newest",
        "found": "signatories/?q=ilse", "nearest": "signatories/?q=torqvist", "nothing found": "signatories/?q=zzzzz",
        "organisations": "organisations/", "notable": "notable/", "corrections": "corrections/",
        "numbers": "numbers/", "updates": "updates/", "update": "updates/1/",
        "inbox": "check-your-inbox/", "inbox again": "check-your-inbox/?again=1",
    }  # fmt: skip
    others = {slug.replace("-", " "): f"/{slug}/" for slug in ("not-yet-open", "closed", "nobody-yet")}
    return {
        "index": "/",
        "statement": "/makers-letter/",
        "letter": "/cutting-room-letter/",
        **others,
        **{name: f"/makers-letter/{path}" for name, path in below.items()},
        "no names": "/nobody-yet/signatories/",
        "no numbers": "/nobody-yet/numbers/",
        **{kind: f"/{kind}/" for kind in ("about", "privacy", "imprint", "accessibility")},
        "embed": "/embed/makers-letter/",
        **{str(status): f"/refused/{status}/" for status in (404, 429, 503)},
    }


def _links(statement: Statement) -> dict[str, str]:
    now = timezone.now()
    who: dict[str, Any] = {
        "name": "Marguerite Oyelaran-Vos",
        "credit": "author of “The Salt Ledger”",
        "sector": "literature",
        "now": now,
    }
    pending = make_signature(statement, state=Signature.State.PENDING, **who)
    here = make_signature(statement, **who)
    held = make_signature(statement, state=Signature.State.HELD, **who)

    def link(path: str, purpose: Purpose, signature: Signature, issued_at=now) -> str:
        token = tokens.make(purpose, subject_id=signature.id, generation=1, issued_at=issued_at)
        return f"/{path}/{token}/"

    return {
        "confirm": link("confirm", Purpose.CONFIRM, pending),
        "confirm late": link("confirm", Purpose.CONFIRM, pending, now - timedelta(days=15)),
        "confirm used": link("confirm", Purpose.CONFIRM, here),
        "thanks": link("thanks", Purpose.THANKS, here),
        "own page": link("signature", Purpose.OWN_PAGE, here),
        "own page held": link("signature", Purpose.OWN_PAGE, held),
        "not me": link("not-me", Purpose.NOT_ME, pending),
        "unsubscribe": link("unsubscribe", Purpose.UNSUBSCRIBE, here),
    }


@pytest.fixture
def acts(addresses: dict[str, str]) -> dict[str, tuple[str, Act]]:
    forms = {"short statement": "statement", "long": "letter", "short check-your-inbox/": "inbox",
             "own page confirmed": "own page"}  # fmt: skip
    named = {name: addresses[page_name] for name, page_name in forms.items()}
    kept = {"sign refused": "form refused", "inbox refused": "inbox refused", "own page refused": "own page refused"}
    return {kept[name]: (address, act) for name, address, act in invalid_forms(named) if name in kept}


class Photographer:
    def __init__(self, browser: Browser, site: Site, addresses: dict[str, str], acts: dict[str, tuple[str, Act]]):
        self.browser, self.site, self.addresses, self.acts = browser, site, addresses, acts

    @contextmanager
    def at(self, language: str, width: int, scheme: str) -> Iterator[Page]:
        """Opens a browser window of this kind."""
        wishes: dict[str, Any] = {"locale": language, "color_scheme": scheme}
        wishes["viewport"] = {"width": width, "height": 900}
        with self.browser.new_context(**wishes) as context:
            page = context.new_page()
            page.set_default_timeout(60_000)
            refuse(page, language)
            yield page

    def open(self, page: Page, name: str, language: str) -> None:
        address, act = self.acts.get(name) or (self.addresses[name], None)
        page.goto(self.site.url + ("" if language == "en" else f"/{language}") + address)
        if act:
            act(page)
        page.evaluate("document.fonts.ready")
        page.evaluate("document.activeElement.blur()")
        page.evaluate(NAMED_AS_OTHERS_ARE, self.site.url)

    def take(self, page: Page, tall: int) -> Image.Image:
        wide, held = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        size: Any = {"x": 0, "y": 0, "width": wide, "height": min(held, tall)}
        return Image.open(BytesIO(page.screenshot(full_page=True, clip=size)))


@pytest.fixture
def photographer(browser, site, addresses, acts) -> Photographer:
    return Photographer(browser, site, addresses, acts)


def test_the_pictures_of_the_documentation_are_small(photographer):
    only = re.compile(os.environ.get("ONLY", ""))
    if folder := os.environ.get("SHOTS"):
        take_all(photographer, Path(folder), only)
    else:
        sizes = take_kept(photographer, only)
        assert {name: size for name, size in sizes.items() if size > MOST} == {}


def take_kept(photographer: Photographer, only: re.Pattern[str]) -> dict[str, int]:
    sizes = {}
    for name, page_name, language, width, scheme, tall in [picture for picture in KEPT if only.search(picture[0])]:
        with photographer.at(language, width, scheme) as page:
            photographer.open(page, page_name, language)
            sizes[name] = keep(photographer.take(page, tall).convert("RGB"), FOLDER / f"{name}.webp")
    return sizes


def keep(picture: Image.Image, path: Path) -> int:
    """Stores the picture in the best quality that is small enough. Returns its bytes."""
    for quality in QUALITIES:
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= MOST:
            break
    return path.stat().st_size


def take_all(photographer: Photographer, folder: Path, only: re.Pattern[str]) -> None:
    for language, width, scheme in product(LANGUAGES, WIDTHS, SCHEMES):
        end = f"-{language}-{width}-{scheme}"
        chosen = [name for name in [*photographer.addresses, *photographer.acts] if only.search(_plain(name) + end)]
        with photographer.at(language, width, scheme) as page:
            for name in chosen:
                photographer.open(page, name, language)
                photographer.take(page, TALLEST).save(folder / f"{_plain(name)}{end}.png")


def _plain(name: str) -> str:
    return name.replace(" ", "-")

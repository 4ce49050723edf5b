"""Another site frames the statement: what its readers see, and what it cannot make the frame do."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from tests.people import make_signature, make_statement
from tests.site import Site, database_url
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ARTICLE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>News</title><p>Before</p>
<a href="{site}/letter/" data-undersigned="letter">Makers’ Letter</a>
<script async src="{site}/static/js/embed.js"></script><p>After</p></html>"""
FRAMED = '<!doctype html><title>News</title><iframe src="{site}/letter/"></iframe>'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    statement = make_statement(goal=10, now=timezone.now())
    for _ in range(3):
        make_signature(statement)
    with Site(tmp_path, processes=("web",), DATABASE_URL=database_url()) as site:
        yield site


@pytest.fixture
def newspaper(tmp_path: Path) -> Path:
    """A folder that another origin serves."""
    folder = tmp_path / "newspaper"
    folder.mkdir()
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Says nothing of each request."""


@contextmanager
def reading(chromium: str, address: str, **context: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page in a fresh browser, and what its console complains of."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page, complaints = browser.new_page(**context), []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(address)
        yield page, complaints
        browser.close()


def test_the_frame_speaks_the_language_around_it_and_is_as_tall_as_what_it_holds(site, newspaper, chromium):
    (newspaper / "article.html").write_text(ARTICLE.format(site=site.url, language="ar-EG"))
    with serving(newspaper) as host, reading(chromium, f"{host}/article.html") as (page, complaints):
        inside = page.frame_locator("iframe").locator("main")
        inside.wait_for()
        wait_for(lambda: fits(page))

        assert page.locator("iframe").get_attribute("src") == f"{site.url}/ar/embed/letter/"
        assert page.locator("iframe").get_attribute("title") == "Makers’ Letter"
        assert "٣" in inside.inner_text()
        assert [each for each in complaints if "Content Security Policy" in each] == []


def test_it_stays_so_and_listens_to_nobody_else(site, newspaper, chromium):
    (newspaper / "article.html").write_text(ARTICLE.format(site=site.url, language="en"))
    with serving(newspaper) as host, reading(chromium, f"{host}/article.html") as (page, _):
        page.frame_locator("iframe").locator("main").wait_for()
        wait_for(lambda: fits(page))
        wide = height(page)
        page.evaluate("new Promise(done => { addEventListener('message', done); postMessage({undersigned: 7}, '*') })")
        assert height(page) == wide

        page.set_viewport_size({"width": 240, "height": 600})
        wait_for(lambda: height(page) > wide and fits(page))


def height(page: Page) -> int:
    return page.locator("iframe").evaluate("frame => frame.clientHeight")


def fits(page: Page) -> bool:
    held = (
        page.frame_locator("iframe").locator("html").evaluate("root => Math.ceil(root.getBoundingClientRect().height)")
    )
    return height(page) == held


def test_without_scripts_the_link_stays_a_link(site, newspaper, chromium):
    (newspaper / "article.html").write_text(ARTICLE.format(site=site.url, language="en"))
    with serving(newspaper) as host, reading(chromium, f"{host}/article.html", java_script_enabled=False) as (page, _):
        assert page.locator("a").get_attribute("href") == f"{site.url}/letter/"


def test_no_other_page_can_be_framed(site, newspaper, chromium):
    (newspaper / "framed.html").write_text(FRAMED.format(site=site.url))
    with serving(newspaper) as host, reading(chromium, f"{host}/framed.html") as (page, complaints):
        assert page.frames[1].url.startswith("chrome-error:")
        assert any("frame" in each.lower() for each in complaints)


def test_no_page_of_ours_breaks_its_own_policy(site, chromium):
    for path in ("/letter/", "/letter/signatories/", "/embed/letter/"):
        with reading(chromium, site.url + path) as (page, complaints):
            page.wait_for_load_state("networkidle")
            assert complaints == []

"""Tests the frame on another site: what its readers see, and what that site cannot make the frame do."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from signatures.statements.models.statement import Statement
from tests.people import make_signature
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ARTICLE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>News</title><p>Before</p>
<a href="{site}/{slug}/" data-undersigned="{slug}">Makers’ Letter</a>
<script async src="{site}/static/js/embed.js"></script><p>After</p></html>"""
FRAMED = '<!doctype html><title>News</title><iframe src="{site}/{slug}/"></iframe>'


@pytest.fixture
def slug(statement: Statement) -> str:
    Statement.objects.update(goal=10)
    for _ in range(3):
        make_signature(statement)
    return statement.slug


@pytest.fixture
def newspaper(tmp_path: Path) -> Path:
    """Serves a folder from another origin."""
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
        """Logs nothing."""


@contextmanager
def reading(browser: Browser, address: str, **context: Any) -> Iterator[tuple[Page, list[str]]]:
    """Opens a page in a fresh profile, and collects the errors of its console."""
    with browser.new_context(**context) as profile:
        page, complaints = profile.new_page(), []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(address)
        yield page, complaints


def test_the_frame_speaks_the_language_around_it_and_is_as_tall_as_what_it_holds(site, browser, newspaper, slug):
    (newspaper / "article.html").write_text(ARTICLE.format(site=site.url, slug=slug, language="ar-EG"))
    with serving(newspaper) as host, reading(browser, f"{host}/article.html") as (page, complaints):
        inside = page.frame_locator("iframe").locator("main")
        inside.wait_for()
        wait_for(lambda: fits(page))

        assert page.locator("iframe").get_attribute("src") == f"{site.url}/ar/embed/{slug}/"
        assert page.locator("iframe").get_attribute("title") == "Makers’ Letter"
        assert "٣" in inside.inner_text()
        assert [complaint for complaint in complaints if "Content Security Policy" in complaint] == []


def test_it_stays_so_and_listens_to_nobody_else(site, browser, newspaper, slug):
    (newspaper / "article.html").write_text(ARTICLE.format(site=site.url, slug=slug, language="en"))
    with serving(newspaper) as host, reading(browser, f"{host}/article.html") as (page, _):
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


def test_without_scripts_the_link_stays_a_link(site, browser, newspaper, slug):
    (newspaper / "article.html").write_text(ARTICLE.format(site=site.url, slug=slug, language="en"))
    with serving(newspaper) as host, reading(browser, f"{host}/article.html", java_script_enabled=False) as (page, _):
        assert page.locator("a").get_attribute("href") == f"{site.url}/{slug}/"


def test_no_other_page_can_be_framed(site, browser, newspaper, slug):
    (newspaper / "framed.html").write_text(FRAMED.format(site=site.url, slug=slug))
    with serving(newspaper) as host, reading(browser, f"{host}/framed.html") as (page, complaints):
        assert page.frames[1].url.startswith("chrome-error:")
        assert any("frame" in complaint.lower() for complaint in complaints)


def test_no_page_of_ours_breaks_its_own_policy(site, browser, slug):
    for path in (f"/{slug}/", f"/{slug}/signatories/", f"/embed/{slug}/"):
        with reading(browser, site.url + path) as (page, complaints):
            page.wait_for_load_state("networkidle")
            assert complaints == []

"""A mail scanner: it opens every link in every email, some of them in a browser that runs scripts."""

import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.drills.crowd import Crowd

PREFETCH = {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}


def links_in(message: EmailMessage) -> list[str]:
    """Returns the links in both parts of the email."""
    bodies = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return sorted({link for body in bodies for link in re.findall(r"https?://[^\s\"<>]+", body)})


class Scanner:
    """Opens links. `refused` has the answers that were no page."""

    def __init__(self, crowd: Crowd):
        self.crowd = crowd
        self.opened = 0
        self.refused: list[int] = []

    def fetch_all(self, messages: Iterable[EmailMessage]) -> None:
        with self.crowd.meanwhile(self.fetch, messages):
            pass

    def fetch(self, message: EmailMessage) -> None:
        for link in links_in(message):
            path = "/" + link.split("/", 3)[3]
            for answer in (
                self.crowd.ask("HEAD", path),
                self.crowd.ask("GET", path),
                self.crowd.ask("GET", path, None, **PREFETCH),
            ):
                self._note(answer[0])

    def run_all(self, browser: Browser, messages: Sequence[EmailMessage]) -> None:
        for message in messages:
            with browser.new_context() as context:
                page = context.new_page()
                for link in links_in(message):
                    answer = page.goto(link, wait_until="networkidle")
                    self._note(answer.status if answer else 0)
                    for button in page.get_by_role("button").all():
                        button.hover()

    def _note(self, status: int) -> None:
        self.opened += 1
        if status != 200:
            self.refused.append(status)


@contextmanager
def browsing(chromium: str):
    """Runs Playwright, whose event loop occupies this thread. Django allows no database query there."""
    arguments = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()

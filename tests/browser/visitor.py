"""One person with a browser, who reads one language."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from string import ascii_letters

from bs4 import BeautifulSoup
from django.conf import settings
from django.utils import translation
from playwright.sync_api import BrowserContext, ConsoleMessage, Response

from signatures.web.languages.localized_numbers import number

WIDTHS = (390, 1280)
SAME_IN_ALL_LANGUAGES = re.compile("@|JSON|QR|^[AZ]$")  # in every language, written in Latin letters
PASSWORD = "correct horse battery staple"


class Visitor:
    """`complaints` has the errors of the browser: of scripts, broken policies, missing files."""

    def __init__(self, context: BrowserContext, site: str, language: str):
        self.context, self.site, self.language = context, site, language
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._look)

    def open(self, address: str) -> None:
        """Opens a path below the site's root in the visitor's language, or a whole URL, as from an email."""
        prefix = "" if self.language == "en" or address.startswith("/admin/") else f"/{self.language}"
        self.page.goto(address if address.startswith("http") else f"{self.site}{prefix}{address}")

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            control = self.page.locator(f"main [name={name}]:not([type=hidden])")
            if control.first.get_attribute("type") == "radio":
                self.page.check(f"main [name={name}][value={value}]")
            elif control.first.evaluate("control => control.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.first.fill(value)

    def click_button(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=self.words(button), exact=True).click()

    def hide(self, name: str, *, reason: str) -> None:
        """Acts as an organiser: logs in, searches for the name, ticks it, chooses the action and gives the reason."""
        self.open("/admin/")
        self.page.fill("[name=username]", "organiser")
        self.page.fill("[name=password]", PASSWORD)
        self._press_in_admin("[type=submit]")
        self.shoot("admin")
        self.open(f"/admin/signatures/signature/?q={name}")
        self.page.check(".action-select")
        self.page.select_option("[name=action]", "hide")
        self.page.fill("[name=reason]", reason)
        self.shoot("admin-signatures")
        self._press_in_admin("button[name=index]")

    def tab_to(self, selector: str) -> None:
        """Moves the focus with the Tab key only."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"no Tab leads to {selector}")

    def words(self, english: str) -> str:
        """Returns a text in the visitor's language."""
        with translation.override(self.language):
            return translation.gettext(english)

    def number(self, value: int) -> str:
        with translation.override(self.language):
            return number(value)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site)

    @property
    def heading(self) -> str:
        return " ".join(self.page.inner_text("h1").split())

    @property
    def names(self) -> list[str]:
        """Returns the names of the signatories on this page."""
        return self.page.locator(".name, .wall bdi").all_inner_texts()

    @property
    def focus(self) -> str:
        """Returns the id of the focused element."""
        return str(self.page.evaluate("document.activeElement.id"))

    @property
    def direction(self) -> str:
        return self.page.locator("html").evaluate("html => getComputedStyle(html).direction")

    @property
    def untranslated_text(self) -> str:
        """Returns text in Latin letters, without what is the same in all languages, what people wrote, and what is
        marked as another language."""
        soup = BeautifulSoup(self.page.content(), "html.parser")
        for element in soup.select("bdi, body [lang], head, script, body [dir=ltr]"):
            element.decompose()
        words = soup.get_text(" ").replace(settings.SITE_NAME, "").split()
        return " ".join(
            word for word in words if set(word) & set(ascii_letters) and not SAME_IN_ALL_LANGUAGES.search(word)
        )

    def shoot(self, name: str) -> None:
        """Stores the page at two widths, for people to look at, if $SHOTS names a folder."""
        folder = os.environ.get("SHOTS")
        before = self.page.viewport_size
        for width in WIDTHS if folder and before else ():
            self.page.set_viewport_size({"width": width, "height": 844})
            self.page.screenshot(path=Path(folder or "") / f"{name}-{self.language}-{width}.png", full_page=True)
        if folder and before:
            self.page.set_viewport_size(before)

    def _press_in_admin(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.click(selector)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _look(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400):
            self.complaints.append(f"{response.status} {response.url}")


def cookies(visitors: Iterable[Visitor]) -> list[str]:
    return [str(cookie.get("name")) for visitor in visitors for cookie in visitor.context.cookies()]

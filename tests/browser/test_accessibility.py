"""Tests WCAG 2.2 AA as far as a program can: axe on every page and state, and what axe cannot see, in Chromium."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.every_page import furnish, invalid_forms, refuse
from tests.pairwise import pairwise
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
LANGUAGES, THEMES = ["en", "ar", "hi"], ["light", "dark"]
SIZES: dict[str, dict[str, Any]] = {  # 1280 pixels at 400 % are 320 in CSS
    "usual": {"viewport": {"width": 1280, "height": 900}},
    "at 400 %": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
}

LOST = """() => [...document.querySelectorAll("main *, header *, footer *")]
    .filter((it) => it.checkVisibility() && !it.closest(".unseen, svg"))
    .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 || it.getBoundingClientRect().left < -1)
    .map((it) => it.outerHTML.slice(0, 80))"""
MOVING = """() => [...document.querySelectorAll("*")].filter((it) => {
    const style = getComputedStyle(it);
    const moves = parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
    return moves || style.scrollBehavior === "smooth";
}).map((it) => it.tagName)"""
REACHABLE = """() => [
        ...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")
    ]
    .filter((it) => it.checkVisibility({ visibilityProperty: true }) && it.tabIndex >= 0)
    .filter((it) => !it.closest("[aria-hidden=true]")).length"""
FOCUSED = """() => {
    const it = document.activeElement, style = getComputedStyle(it);
    const radios = it.type === "radio" ? it.name : "";
    return { tag: it.tagName, radios, ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
}"""
# The label of a choice is part of the target
SMALL = """() => [...document.querySelectorAll("button, select, input:not([type=hidden]), summary, nav a, .button")]
    .filter((it) => it.checkVisibility() && !it.closest(".unseen, [aria-hidden=true]"))
    .map((it) => [it, (/radio|checkbox/.test(it.type) ? it.labels[0] : it).getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < 24)
    .map(([it]) => it.outerHTML.slice(0, 80))"""


@pytest.fixture
def addresses(goes_before_the_site: None) -> dict[str, str]:
    return furnish()


@contextmanager
def reader(browser: Browser, **wishes: Any) -> Iterator[Page]:
    context = browser.new_context(**wishes)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def in_language(site: Site, language: str, address: str) -> str:
    return site.url + ("" if language == "en" else f"/{language}") + address


def states(
    page: Page, site: Site, language: str, addresses: dict[str, str], *, only: Container[str] | None = None
) -> Iterator[str]:
    """Opens one state after the other, or only those in `only`. Yields the name of each."""
    refuse(page, language)
    for name, address in addresses.items():
        if only is not None and name not in only:
            continue
        page.goto(in_language(site, language, address))
        yield name
    for name, address, send in invalid_forms(addresses):
        if only is not None and name not in only:
            continue
        page.goto(in_language(site, language, address))
        send(page)
        assert page.locator("#errors").count() == 1, name
        yield name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_in_any_state_shuts_anybody_out(browser, site, addresses, language, pytestconfig):
    """Tests each page in each language, theme and size, but not in each combination of them: bin/test --all does
    that."""
    names = [*addresses, *(name for name, _address, _send in invalid_forms(addresses))]
    choose = product if pytestconfig.getoption("all") else pairwise
    problems, seen, planned = (
        [],
        set(),
        {choice for choice in choose(names, LANGUAGES, THEMES, SIZES) if choice[1] == language},
    )
    for theme, size in product(THEMES, SIZES):
        with reader(browser, color_scheme=theme, **SIZES[size]) as page:
            here = {name for name in names if (name, language, theme, size) in planned}
            for name in states(page, site, language, addresses, only=here):
                problems += [(name, theme, size, *problem) for problem in what_is_wrong(page, language)]
                seen.add((name, language, theme, size))
    assert problems == []
    assert seen == planned


def what_is_wrong(page: Page, language: str) -> Iterator[tuple[str, ...]]:
    """Returns what is cut off or too small to press, and what axe reports. axe reads structure, names and colours,
    which are the same in Hindi as in English."""
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield ("wide",)
    yield from (("cut off", element) for element in page.evaluate(LOST))
    yield from (("small", element) for element in page.evaluate(SMALL))
    if language != "hi":
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        yield from violations(Axe().run(page, options=RULES).response)


def violations(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(violation["id"], node["html"][:120]) for violation in report["violations"] for node in violation["nodes"]]


def test_who_wants_less_motion_gets_none(browser, site, addresses):
    with reader(browser, reduced_motion="reduce") as page:
        assert [name for name in states(page, site, "en", addresses) if page.evaluate(MOVING)] == []
    with reader(browser, reduced_motion="no-preference") as page:
        page.goto(site.url + addresses["short statement"])
        assert page.evaluate(MOVING) == ["HTML"]


def test_with_forced_colours_what_counts_is_drawn_by_the_system(browser, site, addresses):
    with reader(browser, forced_colors="active") as page:
        page.goto(site.url + addresses["short statement"])
        button, box = page.locator(".sign button").last, page.locator(".sign [type=radio]").first
        assert button.evaluate("it => getComputedStyle(it).borderTopStyle") == "solid"
        assert box.evaluate("it => getComputedStyle(it).appearance") == "auto"
        assert page.locator("progress").evaluate("it => getComputedStyle(it).appearance") == "auto"
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED)["ring"]

        page.goto(site.url + addresses["short numbers/"])
        bar = page.locator(".chart-wide rect.series").first
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert bar.evaluate("it => getComputedStyle(it).fill") != paper


@pytest.mark.parametrize(
    "name", ["short statement", "long", "short signatories/", "short numbers/", "own page confirmed"]
)
def test_the_keyboard_alone_reaches_everything_and_sees_where_it_is(browser, site, addresses, name):
    with reader(browser, viewport={"width": 1280, "height": 900}) as page:
        page.goto(site.url + addresses[name])
        every, reached, unseen = page.evaluate(REACHABLE), 0, []
        for _ in range(every + 5):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused["tag"] == "BODY":
                break
            reached += 1
            unseen += [] if focused["ring"] else [focused["tag"]]
        radios = page.evaluate("""() => {
            const boxes = [...document.querySelectorAll("[type=radio]")].filter((it) => it.checkVisibility());
            return boxes.length - new Set(boxes.map((it) => [...document.forms].indexOf(it.form) + it.name)).size;
        }""")
        assert (reached, unseen) == (every - radios, [])


def test_a_refused_form_takes_the_reader_to_what_is_wrong(browser, site, addresses):
    with reader(browser) as page:
        for name, address, send in invalid_forms(addresses):
            page.goto(site.url + address)
            send(page)
            page.wait_for_function("document.activeElement.id === 'errors'")
            summary = page.locator("#errors")
            assert (name, summary.get_attribute("role")) == (name, "alert")
            line = summary.locator("a").first
            target = line.get_attribute("href")
            line.press("Enter")
            page.wait_for_function("id => document.activeElement.id === id", arg=target[1:])


def test_the_browsers_language_is_offered_in_one_line_and_no_cookie(browser, site, addresses):
    with reader(browser, locale="ar-EG") as page:
        page.goto(f"{site.url}/short/signatories/?q=ilse")
        offer = page.locator("[data-offer]:not([hidden])")
        assert (offer.count(), offer.get_attribute("lang")) == (1, "ar")
        offer.locator("a").click()
        page.wait_for_url("**/ar/short/signatories/?q=ilse")
        assert (page.locator("[data-offer]:not([hidden])").count(), page.context.cookies()) == (0, [])
    with reader(browser, locale="sv-SE") as page:
        page.goto(f"{site.url}/short/")
        assert page.locator("[data-offer]:not([hidden])").count() == 0

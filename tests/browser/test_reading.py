"""Tests what only a real window shows of a text: what stays visible while scrolling, and what is printed."""

from io import BytesIO
from itertools import count

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from tests.browser.every_page import LETTER
from tests.people import make_signature, make_statement
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IN_SIGHT = """it => {
    const box = it.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
}"""

numbers = count()


@pytest.fixture
def letter(goes_before_the_site):
    """Returns a letter with its own URL: the site caches a page for a second, and so that of the test before."""
    return make_statement(f"reading-{next(numbers)}", text=LETTER * 5, now=timezone.now())


@pytest.mark.parametrize(("width", "height"), [(390, 800), (768, 1000), (1280, 700)])
def test_the_way_to_the_form_follows_who_reads_a_letter(come, letter, width, height):
    visitor = come(width=width)
    page = visitor.page
    page.set_viewport_size({"width": width, "height": height})
    visitor.open(f"/{letter.slug}/")
    for down in (0, 600, 1800):
        page.evaluate("down => scrollTo({ top: down, behavior: 'instant' })", down)
        assert page.locator(".jump-end a").evaluate(IN_SIGHT)
    page.locator(".jump-end a").click()
    wait_for(lambda: page.locator("#sign input").first.evaluate(IN_SIGHT))


def test_where_there_is_room_the_form_itself_follows(come, letter):
    visitor = come(width=1280)
    page = visitor.page
    page.set_viewport_size({"width": 1280, "height": 1100})
    visitor.open(f"/{letter.slug}/")
    page.evaluate("scrollTo({ top: 1500, behavior: 'instant' })")
    assert page.locator("#sign button").last.evaluate(IN_SIGHT)
    assert page.locator("#sign input").first.evaluate(IN_SIGHT)
    assert not page.locator(".jump-end").is_visible()


def test_a_logo_stands_small_before_the_title_whatever_its_size(come, letter):
    picture = BytesIO()
    Image.new("RGB", (640, 400), "#24557a").save(picture, "PNG")
    letter.logo.save("logo.png", ContentFile(picture.getvalue()))
    visitor = come(width=390)
    visitor.open(f"/{letter.slug}/")
    logo, title = (visitor.page.locator(f".brand {tag}").bounding_box() for tag in ("img", "bdi"))
    assert logo["height"] == 36
    assert logo["width"] < 150
    assert logo["x"] + logo["width"] < title["x"]
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 390


def test_on_paper_stand_words_and_drawings_and_nothing_to_press(come, letter):
    make_signature(letter, now=timezone.now())
    visitor = come()
    page = visitor.page
    page.emulate_media(media="print")
    visitor.open(f"/{letter.slug}/numbers/")
    assert page.locator(".chart svg").first.is_visible()
    assert page.locator(".part h2").first.is_visible()
    visitor.open(f"/{letter.slug}/")
    assert page.locator(".prose").is_visible()
    pressed = page.locator("button, .button, .languages a, .offer, .search").all()
    assert [element.inner_text() for element in pressed if element.is_visible()] == []

"""Tests that the form needs no mouse. test_journey.py tests its error messages."""

import pytest

from signatures.signing.models.signature import Signature
from tests.smtp import link_in
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_signs_and_confirms_by_keyboard_alone(come, read_mail, statement):
    visitor = come()
    keyboard = visitor.page.keyboard
    visitor.open(f"/{statement.slug}/")

    keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.className").startswith("skip")
    keyboard.press("Enter")
    wait_for(lambda: visitor.focus == "content")
    for field, typed in {"name": "Ilse Varga", "email": "keys@example.org", "sector": "Lit", "credit": "poet"}.items():
        visitor.tab_to(f"[name={field}]")
        keyboard.type(typed)
    visitor.tab_to("[name=visibility]")
    keyboard.press("ArrowDown")
    visitor.tab_to("form.sign button")
    enter(visitor)
    assert visitor.heading == "Check your inbox"

    visitor.open(link_in(read_mail("keys@example.org"), "confirm"))
    visitor.tab_to("main form button")
    enter(visitor)

    assert visitor.heading == "You are signatory number 1"
    details = Signature.objects.values_list("name", "sector__slug", "credit", "visibility").get()
    assert details == ("Ilse Varga", "literature", "poet", "anonymous")


def enter(visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")

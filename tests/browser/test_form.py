"""The form says what to change, keeps what was typed, and needs neither scripts nor a mouse."""

import pytest

from signatures.models import Signature
from tests.browser.visitor import cookies
from tests.smtp import link_in
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def beside(page, field: str) -> str:
    """The message that a screen reader ties to a field."""
    ids = (page.get_attribute(f"main [name={field}]", "aria-describedby") or "").split()
    return " ".join(page.inner_text(f"#{each}") for each in ids if each.endswith("_error"))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(come, statement, language, javascript):
    visitor = come(language, javascript=javascript)
    visitor.open(f"/{statement.slug}/")
    visitor.fill(name="www.buy.example", email="ilse at example", credit="composer", visibility="anonymous")
    visitor.press("Sign the statement")
    visitor.shoot("errors")

    page = visitor.page
    wait_for(lambda: visitor.focus == "errors")
    assert page.locator("#errors li").count() == 3
    assert beside(page, "sector") == visitor.words("Choose your field of work.")
    assert "" not in [beside(page, "name"), beside(page, "email")]
    assert [page.input_value(f"main [name={field}]") for field in ("name", "email", "credit")] == [
        "www.buy.example",
        "ilse at example",
        "composer",
    ]
    assert page.is_checked("[value=anonymous]")
    assert Signature.objects.count() == 0

    page.locator("#errors a").first.click()
    wait_for(lambda: visitor.focus == page.get_attribute("main [name=name]", "id"))
    visitor.fill(name="Ilse Varga", email="ilse@example.org", sector="literature")
    visitor.press("Sign the statement")
    assert visitor.heading == visitor.words("Check your inbox")
    assert Signature.objects.values_list("name", "visibility").get() == ("Ilse Varga", "anonymous")
    assert cookies([visitor]) == []


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

"""Tests the list with scripts and without: search while typing, more names in place, and the share link."""

import pytest

from signatures.public import statement_page
from signatures.signing.models.share import Share
from signatures.signing.referrals import create_share_link
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.browser.visitor import cookies
from tests.people import NOON, make_signature, make_update
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIGNATURE_COUNT = statement_page.PAGE_SIZE + 5


@pytest.fixture
def crowd(statement):
    for number in range(SIGNATURE_COUNT):
        make_signature(statement, name=f"Ada Nobody{chr(97 + number // 26)}{chr(97 + number % 26)}")
    make_signature(statement, name="Zoë Ångström")
    return statement


def announcement(visitor):
    return visitor.page.locator("#said").inner_text()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_names_are_found_while_one_types_and_it_is_said_aloud(come, crowd, language):
    visitor = come(language)
    visitor.open(f"/{crowd.slug}/signatories/")
    page = visitor.page
    page.locator("#q").press_sequentially("angstr")
    wait_for(lambda: visitor.names == ["Zoë Ångström"])

    assert announcement(visitor) == page.get_attribute("#results", "data-said") != ""
    assert visitor.path.endswith("/signatories/?q=angstr")
    assert visitor.focus == "q"
    page.fill("#q", "")
    wait_for(lambda: len(visitor.names) == statement_page.PAGE_SIZE)
    assert visitor.path.endswith("/signatories/")
    page.fill("#q", "qqqqxxxx")
    wait_for(lambda: visitor.names == [])
    assert announcement(visitor) == visitor.words("No name found")
    assert cookies([visitor]) == []


def test_more_names_come_below_and_the_first_of_them_has_the_focus(come, crowd):
    visitor = come()
    visitor.open(f"/{crowd.slug}/signatories/?order=name")
    visitor.shoot("list")
    assert len(visitor.names) == statement_page.PAGE_SIZE
    visitor.page.get_by_role("link", name="More names").click()
    wait_for(lambda: len(visitor.names) == SIGNATURE_COUNT + 1)

    assert visitor.names == sorted(visitor.names)
    assert (
        visitor.page.evaluate("document.activeElement.innerText").split("\n")[0]
        == visitor.names[statement_page.PAGE_SIZE]
    )
    assert announcement(visitor) == "6 names"
    assert visitor.page.locator(".more-names").count() == 0
    assert visitor.path.endswith("?order=name")


def test_without_scripts_the_form_and_the_link_do_the_same(come, crowd):
    visitor = come(javascript=False)
    visitor.open(f"/{crowd.slug}/signatories/?order=name")
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("link", name="More names").click()
    assert (len(visitor.names), visitor.names[-1]) == (6, "Zoë Ångström")

    visitor.page.fill("#q", "angstr")
    visitor.click_button("Find")
    assert visitor.names == ["Zoë Ångström"]
    assert visitor.path.endswith("?q=angstr&order=name")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
def test_a_link_is_passed_on_and_counted(come, statement, javascript):
    signature = make_signature(statement)
    create_share_link(signature)
    code = Share.objects.get().code
    token = tokens.make(Purpose.THANKS, subject_id=signature.id, generation=1, issued_at=NOON)
    visitor = come(javascript=javascript)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.open(f"/thanks/{token}/")
    visitor.shoot("share")
    link = visitor.page.locator(".share .address a").get_attribute("href")
    assert link.endswith(f"/{statement.slug}/via/{code}/")

    copy = visitor.page.get_by_role("button", name="Copy the link")
    assert copy.is_visible() is javascript
    can_share = javascript and visitor.page.evaluate("'share' in navigator")
    assert visitor.page.locator("[data-do=share]").is_visible() is can_share
    if javascript:
        copy.click()
        wait_for(lambda: visitor.page.locator(".share-now [role=status]").inner_text() == "Copied.")
        assert visitor.page.evaluate("navigator.clipboard.readText()") == link

    friend = come(javascript=javascript)
    friend.open(link)
    friend.fill(name="Wren Holt", email=f"wren-{javascript}@example.org", sector="music")
    friend.click_button("Sign the statement")
    assert friend.heading == "Check your inbox"
    assert statement.signatures.get(name="Wren Holt").via == code
    assert cookies([visitor, friend]) == []


def test_an_update_is_read_from_the_statement_in_two_languages(come, statement):
    make_update(statement, title="We met the minister", ar="التقينا الوزيرة")
    for language, title in (("en", "We met the minister"), ("ar", "التقينا الوزيرة")):
        visitor = come(language)
        visitor.open(f"/{statement.slug}/")
        with visitor.page.expect_navigation():
            visitor.page.get_by_role("link", name=title).click()
        visitor.shoot("update")
        assert visitor.heading == title

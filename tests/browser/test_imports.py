"""Tests an import: an organiser uploads a file, its people get an email, and count when they confirm."""

import json

import pytest
from playwright.sync_api import expect

from signatures.transfers.models.imports import Import
from tests.browser.visitor import PASSWORD
from tests.smtp import link_in
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = """Full name;Mail;Discipline;Profession;Notes
Ilse Varga;ilse@fair.example.org;Music;composer;met at the stand
زوفيا الحداد;zofia@fair.example.org;literature;poet;
=HYPERLINK("x");zora@fair.example.org;Music;;
Zora Kline;zora at fair;cooking;;
""".encode()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
def test_from_the_file_to_the_count(come, organiser, statement, read_mail, javascript):
    desk, domain = come(javascript=javascript), f"fair-{statement.id}.example.org"
    log_in(desk)
    bring(desk, statement, FILE.replace(b"fair.example.org", domain.encode()))
    desk.shoot("import-reading")

    wait_for_words(desk, "What do the columns contain?")
    held = desk.page.locator(".import-columns select").evaluate_all("all => all.map(each => each.value)")
    assert held == ["name", "email", "sector", "credit", ""]
    desk.shoot("import-columns")
    click(desk, "[name=_columns]")

    wait_for_words(desk, "Checked. Nothing has been sent")
    assert desk.page.locator(".import-figures td").all_inner_texts() == ["2", "2"]
    assert desk.page.locator(".import-problems tbody th").all_inner_texts() == ["4", "5"]
    desk.shoot("import-checked")
    desk.page.fill("[name=pace]", "100000")
    click(desk, "[name=_send]")
    desk.shoot("import-sending")
    wait_for(lambda: Import.objects.get().status == Import.Status.DONE)

    visitor = come()
    for count, name in enumerate(["ilse", "zofia"]):
        message = read_mail(f"{name}@{domain}")
        assert "on paper at the book fair" in message.get_body(("plain",)).get_content()
        assert_counted(visitor, statement, count)
        visitor.open(link_in(message, "confirm"))
        visitor.click_button("Confirm my signature")
    assert_counted(visitor, statement, 2)

    desk.open(page_of(Import.objects.get()))
    assert desk.page.locator("a[href*='import=']").all_inner_texts() == ["confirmed"]
    desk.shoot("import-done")


def test_a_file_that_cannot_be_read_says_why(come, organiser, statement):
    desk = come()
    log_in(desk)
    bring(desk, statement, FILE + "Zoë;zoe@fair.example.org;Music;;\n".encode("latin-1"))

    wait_for_words(desk, "Nothing of this file was stored")
    assert "This is not UTF-8." in desk.page.inner_text(".errornote")
    desk.shoot("import-refused")


def assert_counted(visitor, statement, expected):
    """Waits for the second for which a count is cached."""

    def count():
        visitor.open(f"/{statement.slug}/count.json")
        return json.loads(visitor.page.inner_text("body"))["count"]

    wait_for(lambda: count() == expected, every=0.5)


def log_in(desk):
    desk.open("/admin/signatures/import/")
    desk.page.fill("[name=username]", "organiser")
    desk.page.fill("[name=password]", PASSWORD)
    click(desk, "[type=submit]")
    desk.shoot("import-list")


def bring(desk, statement, content=FILE):
    click(desk, "text=Upload a file")
    desk.page.select_option("[name=statement]", str(statement.id))
    desk.page.fill("[name=source]", "on paper at the book fair")
    desk.page.set_input_files("[name=file]", {"name": "fair.csv", "mimeType": "text/csv", "buffer": content})
    desk.shoot("import-file")
    click(desk, "button:has-text('Upload the file')")


def wait_for_words(desk, words):
    """Waits for the page to reload by itself, with and without scripts."""
    expect(desk.page.get_by_role("heading", name=words)).to_be_visible(timeout=60_000)


def click(desk, selector):
    with desk.page.expect_navigation():
        desk.page.click(selector)


def page_of(imported):
    return f"/admin/signatures/import/{imported.pk}/change/"

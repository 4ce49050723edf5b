"""Tests that pages about the site show a default text until organisers write their own."""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.functional import Promise

from signatures.privacy import field_classes
from signatures.privacy.field_classes import FieldClass
from signatures.statements import default_page_texts
from signatures.statements.models.page import Page
from signatures.statements.models.statement import Statement
from tests.organisers import form_values, logged_in_client, make_organiser

pytestmark = pytest.mark.django_db

KINDS = Page.Kind.values
ADD = reverse("admin:signatures_page_add")


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.ALLOWED_HOSTS = ["testserver"]


def page(address):
    return BeautifulSoup(Client().get(address).content, "html.parser")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_until_somebody_writes_one_there_is_a_draft(kind, language):
    soup = page(f"/{kind}/" if language == "en" else f"/{language}/{kind}/")

    assert (soup.html["lang"], soup.select_one(".prose")["lang"]) == (language, language)
    assert len(soup.select(".prose p")) >= 1
    assert "{" not in soup.select_one(".prose").get_text()


def test_every_page_leads_to_them():
    assert [link["href"] for link in page("/ar/").select(".colophon-pages a")] == [
        "/ar/about/", "/ar/privacy/", "/ar/accessibility/", "/ar/imprint/",
    ]  # fmt: skip


def test_the_draft_on_privacy_names_every_kind_of_row_that_is_about_people():
    personal = [
        name
        for name, kinds in field_classes.FIELD_CLASSES.items()
        if set(kinds) & set(default_page_texts.PERSONAL_CLASSES)
    ]
    listed = [item.strong.get_text() for item in page("/privacy/").select(".prose li") if item.strong]

    assert "Signature" in personal
    assert len(listed) == len(personal)


def test_it_says_how_long_as_the_software_keeps_it():
    (signature,) = (row for row in default_page_texts.stored_data_summary() if row["name"] == "Signature")
    assert [part["kept"] for part in signature["parts"]] == [
        field_classes.retention_text("Signature", kind)
        for kind in (FieldClass.MAILBOX, FieldClass.NETWORK, FieldClass.SIGNER)
    ]


def test_every_row_and_field_that_it_names_has_a_word_that_can_be_translated():
    named = [
        (name, kinds[kind])
        for name, kinds in field_classes.FIELD_CLASSES.items()
        for kind in default_page_texts.PERSONAL_CLASSES
        if kind in kinds
    ]
    untranslated = {name for name, _ in named if not isinstance(default_page_texts.model_label(name), Promise)}
    untranslated |= {field for name, fields in named for field in fields.split()
                if not isinstance(default_page_texts.field_label(name, field), Promise)}  # fmt: skip
    assert untranslated == set()


def test_its_numbers_and_commas_are_those_of_the_language():
    text = " ".join(item.get_text() for item in page("/ar/privacy/").select(".prose li") if item.strong)
    assert re.findall("[0-9]", text) == []
    assert "٣٠ يومًا" in text
    assert "، " in text
    assert ", " not in text
    assert "WCAG) 2.2" in page("/ar/accessibility/").select_one(".prose").get_text()


def test_it_names_the_address_of_the_site(settings):
    settings.DEFAULT_FROM_EMAIL = "Letter <hello@letter.example.org>"
    assert page("/imprint/").select_one(".prose a")["href"] == "mailto:hello@letter.example.org"


@pytest.fixture
def desk():
    return logged_in_client(make_organiser())


def write(desk, kind="about", language="en", **changes):
    form = form_values(desk.get(f"{ADD}?kind={kind}&language={language}"), "#page_form")
    return desk.post(ADD, {**form, **changes})


def test_an_organiser_begins_with_the_draft_and_replaces_it(desk):
    form = form_values(desk.get(f"{ADD}?kind=about&language=ar"), "#page_form")
    assert (form["kind"], form["language"], "\r\n## " in form["text"]) == ("about", "ar", True)

    write(desk, language="ar", text="## نحن\n\n<script>alert(1)</script> [x](javascript:alert(1))")
    soup = page("/ar/about/")
    assert soup.select_one(".prose h2").get_text() == "نحن"
    assert (soup.select(".prose script"), soup.select(".prose a[href]")) == ([], [])


def test_where_it_is_not_translated_the_sites_own_language_stands_in(desk):
    write(desk, text="Ours.")
    prose = page("/fr/about/").select_one(".prose")
    assert (prose["lang"], prose.get_text().strip()) == ("en", "Ours.")


def test_a_page_is_written_once_in_a_language(desk):
    write(desk, text="Ours.")
    response = write(desk, text="Theirs.")
    assert (response.status_code, Page.objects.get().text) == (200, "Ours.")
    assert b"This page already exists in this language" in response.content


def test_a_text_without_end_is_refused(desk):
    response = write(desk, text="x" * 1_000_000)
    assert (response.status_code, Page.objects.count()) == (200, 0)


@pytest.mark.parametrize("query", ["kind=nonsense", "language=xx&kind=about", "kind=about&language=", ""])
def test_an_odd_address_gives_an_empty_form(desk, query):
    assert form_values(desk.get(f"{ADD}?{query}"), "#page_form")["text"] == ""


@pytest.mark.parametrize("kind", KINDS)
def test_no_statement_takes_their_addresses(kind):
    statement = Statement(slug=kind)
    with pytest.raises(Exception, match="is a reserved address"):
        statement._meta.get_field("slug").run_validators(kind)


def test_they_take_one_query(django_assert_num_queries):
    client = Client()
    with django_assert_num_queries(1):
        client.get("/about/")


def test_every_language_of_the_site_has_them():
    for language, _name in settings.LANGUAGES:
        prefix = "" if language == "en" else f"/{language}"
        assert [Client().get(f"{prefix}/{kind}/").status_code for kind in KINDS] == [200] * 4

"""A page declares its language and links to its translations."""

import gettext

import pytest
from babel import Locale
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from signatures.statements.edit_text import edit_text
from signatures.web import context_processors
from tests.people import NOON, make_signature, make_statement
from tools.catalogues.files import PLURALS
from tools.dev.processes import ROOT

LANGUAGES = [language for language, _name in settings.LANGUAGES]
SITE = "https://letter.example.org"


@pytest.fixture
def statement(db, settings):
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["testserver"], SITE
    statement = make_statement()
    edit_text(statement=statement, language="ar", title="رسالة", text="ليس مادة خامًا.", now=NOON)
    make_signature(statement)
    return statement


def page(address):
    return BeautifulSoup(Client().get(address).content, "html.parser")


def alternates(soup):
    return {link["hreflang"]: link["href"] for link in soup.select("link[rel=alternate][hreflang]")}


@pytest.mark.parametrize("end", ["", "signatories/", "numbers/", "corrections/", "signatories/music/?q=ilse"])
def test_a_page_names_the_languages_that_its_statement_has(statement, end):
    path = end.partition("?")[0]
    assert alternates(page(f"/ar/letter/{end}")) == {
        "en": f"{SITE}/letter/{path}", "ar": f"{SITE}/ar/letter/{path}", "x-default": f"{SITE}/letter/{path}",
    }  # fmt: skip


def test_a_page_of_the_site_names_all(statement):
    assert list(alternates(page("/fr/"))) == [*LANGUAGES, "x-default"]


def test_what_is_not_translated_says_so_and_is_marked_as_what_it_is(statement):
    soup = page("/fr/letter/")
    text = soup.select_one("article")

    assert (soup.html["lang"], soup.html["dir"]) == ("fr", "ltr")
    assert (text["lang"], text["dir"]) == ("en", "ltr")
    assert soup.select_one(".notice bdi").get_text() == "English"
    assert soup.select_one("link[rel=canonical]")["href"] == f"{SITE}/letter/"


def test_what_is_translated_stands_for_itself(statement):
    soup = page("/ar/letter/")
    assert (soup.html["lang"], soup.html["dir"], soup.article["lang"]) == ("ar", "rtl", "ar")
    assert soup.select_one("link[rel=canonical]")["href"] == f"{SITE}/ar/letter/"
    assert soup.select(".notice") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_other_language_is_offered_in_its_own_words_and_hidden_until_it_is_asked_for(statement, language):
    prefix = "" if language == "en" else f"/{language}"
    offers = page(f"{prefix}/letter/").select("[data-offer]")

    assert [offer["lang"] for offer in offers] == [other for other in LANGUAGES if other != language]
    assert {offer.has_attr("hidden") for offer in offers} == {True}
    assert [offer.a.get_text() for offer in offers] == [name for other, name in settings.LANGUAGES if other != language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_unicode(language):
    """Both group the numbers in the same way. CLDR has one more form in French, only for millions."""
    form = gettext.c2py(PLURALS[language].partition("plural=")[2].rstrip("; "))
    category = Locale.parse(language).plural_form
    own_forms, cldr_forms = ({n: rule(n) for n in range(1000)} for rule in (form, category))

    assert (
        len(set(zip(own_forms.values(), cldr_forms.values(), strict=True)))
        == len(set(cldr_forms.values()))
        == len(set(own_forms.values()))
    )


def test_every_language_of_the_site_has_all_that_the_page_about_translating_names():
    assert set(LANGUAGES) == set(PLURALS) == set(context_processors.LOCALES)
    documentation = (ROOT / "docs" / "translating.md").read_text()
    places = [
        "petition/settings.py",
        "tools/catalogues/files.py",
        "signatures/web/languages/localized_numbers.py",
        "signatures/web/context_processors.py",
    ]
    assert [(place in documentation, (ROOT / place).exists()) for place in places] == [(True, True)] * 4

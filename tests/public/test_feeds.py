"""Tests the feed, the sitemap and the other data for feed readers and search engines."""

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver

from signatures.review.notable import mark_notable
from signatures.statements.edit_text import edit_text
from signatures.statements.models.statement import RESERVED_SLUGS
from tests.people import NOON, make_signature, make_statement, make_update

pytestmark = pytest.mark.django_db

SITE = "https://letter.example.org"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
PLACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SITE_URL = SITE
    return make_statement()


def xml(address):
    return ElementTree.fromstring(Client().get(address).content)


def entries(address="/letter/feed/"):
    return [entry.findtext("a:title", namespaces=ATOM) for entry in xml(address).findall("a:entry", ATOM)]


class TestFeed:
    def test_it_is_about_the_notables_alone(self, statement):
        make_signature(statement, name="Ilse Varga", notable=True, credit="composer", organisation="Choir of Lund")
        make_signature(statement, name="Wren Holt")
        (entry,) = xml("/letter/feed/").findall("a:entry", ATOM)

        assert entry.findtext("a:title", namespaces=ATOM) == "Ilse Varga"
        assert entry.findtext("a:summary", namespaces=ATOM) == "composer · Choir of Lund"
        assert entry.find("a:link", ATOM).get("href") == f"{SITE}/letter/signatories/?q=Ilse+Varga"

    def test_where_there_is_no_credit_the_sector_stands(self, statement):
        make_signature(statement, notable=True, credit="")

        assert xml("/letter/feed/").findtext("a:entry/a:summary", namespaces=ATOM) == "Music"

    @pytest.mark.parametrize("hidden", [{"visibility": "anonymous"}, {"hidden_at": NOON}, {"state": "withdrawn"}])
    def test_unlisted_signatures_are_not_in_it(self, statement, hidden):
        make_signature(statement, name="Wren Holt", notable=True, **hidden)

        assert b"Wren" not in Client().get("/letter/feed/").content

    def test_the_signature_that_was_marked_last_comes_first(self, statement):
        moderator = User.objects.create_user("moderator")
        early, late, unmarked = (
            make_signature(statement, name=name, confirmed_at=NOON + timedelta(days=days))
            for name, days in (("Early Signer", 0), ("Late Signer", 1), ("Nobody Special", 2))
        )
        for signature, days in ((late, 3), (early, 4)):
            mark_notable(
                signature_id=signature.id,
                actor=moderator,
                reason="met her",
                method="agent",
                now=NOON + timedelta(days=days),
            )

        assert entries() == ["Early Signer", "Late Signer"]
        assert unmarked.name not in entries()
        assert xml("/letter/feed/").findtext("a:updated", namespaces=ATOM) == "2026-11-07T00:00:00+00:00"

    def test_it_tells_days_and_never_moments(self, statement):
        make_signature(statement, notable=True, confirmed_at=NOON + timedelta(minutes=17, seconds=23))
        entry = xml("/letter/feed/").find("a:entry", ATOM)

        assert entry.findtext("a:published", namespaces=ATOM) == "2026-11-03T00:00:00+00:00"
        assert b"12:17" not in Client().get("/letter/feed/").content
        assert "Last-Modified" not in Client().get("/letter/feed/").headers

    def test_an_entry_keeps_its_name_which_shows_no_id(self, statement):
        signature = make_signature(statement, notable=True)
        name = xml("/letter/feed/").findtext("a:entry/a:id", namespaces=ATOM)
        make_signature(statement, notable=True, confirmed_at=NOON - timedelta(days=1))

        assert name == xml("/letter/feed/").findtext("a:entry/a:id", namespaces=ATOM)
        assert name.startswith("urn:uuid:")
        assert f"{signature.id:012x}" not in name

    def test_it_speaks_the_language_of_its_address(self, statement):
        edit_text(statement=statement, language="fr", title="La lettre", text="Le travail.", now=NOON)
        feed = xml("/fr/letter/feed/")

        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
        assert "La lettre" in feed.findtext("a:title", namespaces=ATOM)
        assert [link.get("href") for link in feed.findall("a:link", ATOM)] == [
            f"{SITE}/fr/letter/",
            f"{SITE}/fr/letter/feed/",
        ]

    def test_an_empty_one_changes_no_more_than_a_full_one(self, statement):
        first = Client().get("/letter/feed/")
        assert Client().get("/letter/feed/", headers={"If-None-Match": first["ETag"]}).status_code == 304

        make_signature(statement, notable=True)
        assert Client().get("/letter/feed/", headers={"If-None-Match": first["ETag"]}).status_code == 200

    def test_the_statement_leads_to_it(self):
        page = BeautifulSoup(Client().get("/ar/letter/").content, "html.parser")

        assert page.select_one('link[type="application/atom+xml"]')["href"] == "/ar/letter/feed/"

    def test_it_takes_four_queries_whoever_signed_and_whatever_is_told(self, statement, django_assert_num_queries):
        for count in (1, 3):
            for _ in range(count):
                make_signature(statement, notable=True)
                make_update(statement)
            with django_assert_num_queries(4):
                Client().get("/letter/feed/")

    @pytest.mark.parametrize("address", ["/nobody/feed/", "/draft/feed/", "/feed/"])
    def test_where_nothing_is_it_is_a_plain_404(self, address):
        make_statement("draft", state="draft")

        assert Client().get(address).status_code == 404


class TestSearchEngines:
    def test_they_may_read_all_but_the_desk(self):
        response = Client().get("/robots.txt")

        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert "Disallow: /admin/" in response.content.decode()
        assert f"Sitemap: {SITE}/sitemap.xml" in response.content.decode()

    def test_the_map_shows_each_statement_in_the_languages_that_it_has(self, statement):
        edit_text(statement=statement, language="ar", title="رسالة", text="نص", now=NOON)
        make_statement("draft", state="draft")
        make_statement("over", state="closed")
        urls = xml("/sitemap.xml").findall("s:url", PLACES)

        assert {url.findtext("s:loc", namespaces=PLACES) for url in urls} == {
            f"{SITE}/letter/", f"{SITE}/ar/letter/", f"{SITE}/over/",
        }  # fmt: skip
        letter = next(url for url in urls if url.findtext("s:loc", namespaces=PLACES) == f"{SITE}/letter/")
        assert letter.findtext("s:lastmod", namespaces=PLACES) == "2026-11-03"
        assert {link.get("hreflang"): link.get("href") for link in letter.findall("x:link", PLACES)} == {
            "en": f"{SITE}/letter/",
            "ar": f"{SITE}/ar/letter/",
        }

    def test_the_map_takes_two_queries_however_long_it_is(self, django_assert_num_queries):
        for slug in ("second", "third"):
            make_statement(slug)
            with django_assert_num_queries(2):
                Client().get("/sitemap.xml")

    @pytest.mark.parametrize(
        "address", ["/letter/signatories/", "/ar/letter/signatories/music/", "/letter/signatories/?q=x"]
    )
    def test_they_are_asked_to_leave_the_names_alone(self, address):
        page = BeautifulSoup(Client().get(address).content, "html.parser")

        assert page.select_one("meta[name=robots]")["content"] == "noindex"

    def test_a_statement_has_one_address_wherever_it_is_shown(self, statement):
        statement.is_featured = True
        statement.save()
        for address in ("/", "/letter/", "/letter/?utm_source=x"):
            page = BeautifulSoup(Client().get(address).content, "html.parser")
            assert page.select_one("link[rel=canonical]")["href"] == f"{SITE}/letter/"
            assert page.select_one("meta[name=robots]") is None


class TestLinkedData:
    def test_it_says_what_the_page_says(self, statement):
        for _ in range(3):
            make_signature(statement)

        assert linked("/letter/") == {
            "@context": "https://schema.org",
            "@type": "CreativeWork",
            "name": "Makers’ Letter",
            "description": "Work made by people is not raw material.",
            "url": f"{SITE}/letter/",
            "inLanguage": "en",
            "datePublished": "2026-11-02",
            "creator": {"@type": "Organization", "name": "A working group"},
            "isPartOf": {"@type": "WebSite", "name": "Undersigned", "url": f"{SITE}/"},
            "interactionStatistic": {
                "@type": "InteractionCounter",
                "interactionType": "https://schema.org/EndorseAction",
                "userInteractionCount": 3,
            },
            "potentialAction": {"@type": "EndorseAction", "target": f"{SITE}/letter/#sign"},
        }

    def test_a_closed_one_asks_for_nothing(self, statement):
        statement.closes_at = NOON - timedelta(hours=1)
        statement.save()
        data = linked("/letter/")

        assert data["expires"] == "2026-11-03"
        assert "potentialAction" not in data

    def test_no_text_can_leave_it(self, statement):
        nasty = "</script><script>alert(1)</script> & <!--"
        edit_text(statement=statement, language="en", title=nasty, text="A text.", now=NOON)
        page = Client().get("/letter/").content.decode()

        assert linked("/letter/")["name"] == nasty
        assert "<script>alert" not in page

    def test_a_long_letter_is_told_in_brief(self, statement):
        edit_text(statement=statement, language="en", title="T", text="## Why\n\n" + "A & B <i>. " * 200, now=NOON)

        assert len(linked("/letter/")["description"]) == 300
        assert linked("/letter/")["description"].startswith("Why")


def linked(address):
    page = BeautifulSoup(Client().get(address).content, "html.parser")
    return json.loads(page.select_one('script[type="application/ld+json"]').string)


def test_no_statement_can_take_an_address_of_the_sites_own():
    first = {str(pattern.pattern).split("/")[0].split(".")[0] for pattern in patterns(get_resolver().url_patterns)}

    assert {name for name in first if name and not name.startswith("<")} - RESERVED_SLUGS == set()


def patterns(resolvers):
    """Yields every URL pattern of the site. The admin counts as one."""
    for pattern in resolvers:
        if isinstance(pattern, URLPattern) or pattern.namespace == "admin":
            yield pattern
        else:
            yield from patterns(pattern.url_patterns)

"""Tests the one page that other sites may frame, its script, and oEmbed."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as configured
from django.test import Client

from signatures.statements.edit_text import edit_text
from tests.people import NOON, make_signature, make_statement
from tests.web.test_caching import PUBLIC

pytestmark = pytest.mark.django_db

SCRIPT = Path(__file__).parents[2] / "static" / "js" / "embed.js"
SITE = "https://letter.example.org"
OEMBED = "/api/v1/oembed/"


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SITE_URL = SITE
    return make_statement()


def page(address):
    return BeautifulSoup(Client().get(address).content, "html.parser")


def ask(url, **more):
    return Client().get(OEMBED, {"url": url, **more})


class TestFraming:
    def test_this_page_alone_may_be_framed(self):
        for address in ("/embed/letter/", "/ar/embed/letter/"):
            response = Client().get(address)
            assert "X-Frame-Options" not in response.headers
            assert ancestors(response) == "*"

    @pytest.mark.parametrize("address", [address for address in PUBLIC if "/embed/" not in address])
    def test_every_other_page_may_not(self, address):
        response = Client().get(address)

        assert response["X-Frame-Options"] == "DENY"
        assert ancestors(response) == "'none'"

    def test_what_it_may_load_is_what_every_page_may(self):
        embed_policy, page_policy = (policy(Client().get(address)) for address in ("/embed/letter/", "/letter/"))

        assert {**embed_policy, "frame-ancestors": page_policy["frame-ancestors"]} == page_policy


def policy(response):
    return dict(directive.strip().split(" ", 1) for directive in response["Content-Security-Policy"].split(";"))


def ancestors(response):
    return policy(response)["frame-ancestors"]


class TestPage:
    def test_it_shows_the_count_the_progress_and_the_way_to_the_form(self, statement):
        statement.goal = 12
        statement.save()
        for _ in range(3):
            make_signature(statement)
        shown = page("/embed/letter/")

        assert shown.h1.get_text() == "Makers’ Letter"
        assert "3 people have signed" in shown.main.get_text(" ", strip=True)
        assert shown.progress["value"] == "25"
        link = shown.main.a
        assert (link["href"], link["target"], link["rel"]) == ("/letter/", "_blank", ["noopener"])

    def test_it_is_in_the_language_of_its_address(self, statement):
        edit_text(statement=statement, language="ar", title="رسالة المبدعين", text="نص", now=NOON)
        for _ in range(12):
            make_signature(statement)
        shown = page("/ar/embed/letter/")

        assert (shown.html["lang"], shown.html["dir"], shown.h1.bdi["lang"]) == ("ar", "rtl", "ar")
        assert shown.h1.get_text() == "رسالة المبدعين"
        assert "١٢" in shown.main.get_text()
        assert shown.main.a["href"] == "/ar/letter/"

    def test_a_title_that_is_not_translated_keeps_its_own_direction(self):
        title = page("/ar/embed/letter/").h1.bdi

        assert (title["lang"], title["dir"]) == ("en", "ltr")

    def test_a_closed_one_says_so(self, statement):
        statement.state = "closed"
        statement.save()
        text = page("/embed/letter/").main.get_text(" ", strip=True)

        assert "Closed." in text
        assert "Read and sign" not in text

    def test_one_that_is_not_open_yet_says_when(self):
        make_statement("soon", opens_at=NOON.replace(year=2999))

        assert "You can sign here from 3 November 2999." in page("/embed/soon/").main.get_text(" ", strip=True)

    def test_search_engines_are_sent_to_the_statement_itself(self):
        head = page("/ar/embed/letter/").head

        assert head.select_one("meta[name=robots]")["content"] == "noindex"
        assert head.select_one("link[rel=canonical]")["href"] == f"{SITE}/ar/letter/"

    @pytest.mark.parametrize("address", ["/embed/", "/embed/nobody/", "/embed/draft/", "/xx/embed/letter/"])
    def test_where_nothing_is_it_is_a_plain_404(self, address):
        make_statement("draft", state="draft")
        response = Client().get(address)

        assert (response.status_code, response["X-Frame-Options"]) == (404, "DENY")

    def test_it_takes_two_queries_whoever_signed(self, statement, django_assert_num_queries):
        for _ in range(3):
            make_signature(statement)
            with django_assert_num_queries(2):
                Client().get("/embed/letter/")


class TestScript:
    def test_it_is_small(self):
        assert SCRIPT.stat().st_size <= 3000

    def test_it_knows_every_language_that_has_a_prefix(self):
        prefixed = re.search(r"prefixed = \[(.+)\]", SCRIPT.read_text())[1]

        assert re.findall(r'"([\w-]+)"', prefixed) == [
            code for code, _name in configured.LANGUAGES if code != configured.LANGUAGE_CODE
        ]


class TestOEmbed:
    def test_a_statement_tells_where_to_ask(self):
        for address in ("/letter/", "/ar/letter/"):
            url = page(address).select_one('link[type="application/json+oembed"]')["href"].removeprefix(SITE)
            assert Client().get(url).json()["html"] == ask(SITE + address).json()["html"]

    def test_it_gives_a_frame(self):
        answer = ask(f"{SITE}/letter/").json()
        frame = BeautifulSoup(answer["html"], "html.parser").iframe

        assert (answer["version"], answer["type"], answer["title"]) == ("1.0", "rich", "Makers’ Letter")
        assert frame["src"] == f"{SITE}/embed/letter/"
        assert (int(frame["width"]), int(frame["height"])) == (answer["width"], answer["height"]) == (480, 260)

    def test_it_is_in_the_language_of_the_page(self, statement):
        edit_text(statement=statement, language="fr", title="La lettre", text="Le travail.", now=NOON)
        answer = ask(f"{SITE}/fr/letter/?from=a#sign").json()

        assert answer["title"] == "La lettre"
        assert f'src="{SITE}/fr/embed/letter/"' in answer["html"]

    def test_it_keeps_within_bounds(self):
        answer = ask(f"{SITE}/letter/", maxwidth=300, maxheight=5000, format="json").json()

        assert (answer["width"], answer["height"]) == (300, 260)

    def test_a_title_cannot_leave_its_attribute(self, statement):
        edit_text(statement=statement, language="en", title='"><script>x</script>', text="Text.", now=NOON)
        answer = ask(f"{SITE}/letter/").json()

        assert BeautifulSoup(answer["html"], "html.parser").iframe["title"] == '"><script>x</script>'
        assert "<script" not in answer["html"]

    @pytest.mark.parametrize(
        "url",
        [
            "https://newspaper.example/letter/", f"{SITE}/", f"{SITE}/nobody/", f"{SITE}/letter/signatories/",
            f"{SITE}/confirm/a.b/", f"{SITE}/admin/", f"{SITE}/xx/letter/", f"{SITE}.evil.example/letter/", "letter",
            "https://[", f"{SITE}/%00/", f"{SITE}/letter", "javascript:alert(1)", "//letter.example.org",
            f"{SITE}/draft/",
        ],
    )  # fmt: skip
    def test_of_anything_else_it_knows_nothing(self, url):
        make_statement("draft", state="draft")
        response = ask(url)

        assert (response.status_code, response.json()["status"]) == (404, 404)

    @pytest.mark.parametrize(
        ("params", "parameter"),
        [
            ({}, "url"),
            ({"url": ""}, "url"),
            ({"url": "x" * 501}, "url"),
            ({"url": "\x00"}, "url"),
            ({"url": f"{SITE}/letter/", "format": "xml"}, "format"),
            ({"url": f"{SITE}/letter/", "maxwidth": "0"}, "maxwidth"),
            ({"url": f"{SITE}/letter/", "maxheight": "tall"}, "maxheight"),
        ],
    )
    def test_nonsense_is_told_apart(self, params, parameter):
        response = Client().get(OEMBED, params)

        assert (response.status_code, list(response.json()["errors"])) == (422, [parameter])

    def test_it_takes_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            ask(f"{SITE}/letter/")

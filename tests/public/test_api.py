"""Tests the content, the pages and the errors of the read-only JSON API."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks

from signatures.public.cursor import Cursor
from signatures.public.forms import MAX_PAGE_SIZE
from signatures.public.statement_page import PAGE_SIZE
from signatures.public.views import api
from signatures.statements.edit_text import edit_text
from signatures.statements.models.sector import Sector
from tests.people import NOON, TEXT, make_signature, make_statement

pytestmark = pytest.mark.django_db

STATEMENT = "/api/v1/statements/letter/"
NAMES = "/api/v1/statements/letter/signatories/"
DESCRIPTION = "/api/v1/openapi.json"

load_all_checks()


@cache
def site():
    return get_wsgi_application()


def application(environ, start_response):
    """Runs the site, which is created at the first request and not when this file is imported."""
    return site()(environ, start_response)


def narrowed():
    """Limits the description to a known statement and known cursors, because the site would refuse random ones."""
    description = json.loads(api.OPENAPI_FILE.read_text())
    known_values = {
        "slug": ["letter"],
        "sector": ["music", "literature"],
        "url": ["https://letter.example.org/letter/", "https://letter.example.org/ar/letter/?utm=1#sign"],
        "after": [str(Cursor(notable, NOON, row)) for notable, row in ((True, 7), (False, 9))],
    }
    parameters = chain(*(path["get"].get("parameters", []) for path in description["paths"].values()))
    for parameter in (description["components"]["parameters"]["slug"], *parameters):
        if parameter["name"] in known_values:
            parameter["schema"] = {"enum": known_values[parameter["name"]]}
    return description


description = schemathesis.openapi.from_dict(narrowed())
description.app = application


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    settings.SITE_URL = "https://letter.example.org"
    return make_statement()


@pytest.fixture
def people(statement):
    for name in ("Ilse Varga", "Wren Holt", "王小明"):
        make_signature(statement, name=name, notable=name == "Wren Holt")


@pytest.fixture
def one_connection():
    """Keeps the site inside the test's transaction, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def get(address, **headers):
    return Client().get(address, **headers)


def names(address):
    return [signatory["name"] for signatory in get(address).json()["signatories"]]


def test_its_description_is_one():
    description.validate()


@pytest.mark.usefixtures("one_connection", "people")
@description.parametrize()
@hypothesis_settings(max_examples=10, derandomize=True, deadline=None)
def test_it_answers_as_it_is_described(case):
    case.call_and_validate()


def test_it_describes_itself_in_each_language():
    document = get("/api/v1/openapi.json").json()

    assert document.pop("servers")[:2] == [
        {"url": "/", "description": "English"},
        {"url": "/fr", "description": "Français"},
    ]
    assert document == json.loads(api.OPENAPI_FILE.read_text())


class TestStatement:
    def test_it_tells_what_the_page_tells(self, statement):
        statement.goal = 8
        statement.save()
        make_signature(statement, sector="music")
        make_signature(statement, sector="literature", kind="organisation", visibility="anonymous")
        answer = get(STATEMENT).json()

        assert {name: answer[name] for name in ("slug", "title", "text", "version", "state", "language", "goal")} == {
            "slug": "letter",
            "title": "Makers’ Letter",
            "text": TEXT,
            "version": statement.translation_for("en").version.digest,
            "state": "open",
            "language": "en",
            "goal": 8,
        }
        assert (answer["progress"], answer["opens_at"], answer["closes_at"]) == (25, "2026-11-02T12:00:00+00:00", None)
        assert answer["url"] == "https://letter.example.org/letter/"
        assert answer["signatories"] == "https://letter.example.org" + NAMES

    def test_it_counts_what_the_page_counts(self, statement):
        make_signature(statement, sector="music")
        make_signature(statement, sector="literature", kind="organisation", visibility="anonymous")
        answer = get(STATEMENT).json()
        music, literature = answer["sectors"]

        assert counts(answer) == (2, 1, 1, 1, 1)
        assert (music["slug"], music["label"], counts(music)) == ("music", "Music", (1, 1, 0, 1, 0))
        assert (literature["slug"], counts(literature)) == ("literature", (1, 0, 1, 0, 1))
        assert answer["count"] == get("/letter/count.json").json()["count"]

    def test_its_language_is_that_of_its_address(self, statement):
        Sector.objects.get(slug="music").translations.create(language="fr", name="Musique")
        edit_text(statement=statement, language="fr", title="La lettre", text="Le travail.", now=NOON)
        french, arabic = get("/fr" + STATEMENT).json(), get("/ar" + STATEMENT).json()

        assert (french["language"], french["title"], french["sectors"][0]["label"]) == ("fr", "La lettre", "Musique")
        assert french["url"] == "https://letter.example.org/fr/letter/"
        assert (arabic["language"], arabic["title"]) == ("en", "Makers’ Letter")

    @pytest.mark.parametrize(
        ("fields", "state"),
        [
            ({"opens_at": datetime(2999, 1, 1, tzinfo=UTC)}, "upcoming"),
            ({"closes_at": NOON - timedelta(hours=1)}, "closed"),
            ({"state": "closed"}, "closed"),
        ],
    )
    def test_it_says_whether_it_can_be_signed(self, fields, state):
        make_statement("other", **fields)

        assert get("/api/v1/statements/other/").json()["state"] == state


def counts(answer):
    return tuple(answer[name] for name in ("count", "people", "organisations", "listed", "unnamed"))


class TestSignatories:
    def test_a_signatory_is_what_the_page_shows_and_no_more(self, statement):
        make_signature(
            statement,
            name="Ilse Varga",
            credit="composer",
            organisation="Choir of Lund",
            notable=True,
            checked_how="agent",
            quotation="Ask first.",
        )

        assert get(NAMES).json()["signatories"] == [
            {
                "name": "Ilse Varga",
                "credit": "composer",
                "organisation": "Choir of Lund",
                "website": "",
                "logo": "",
                "kind": "person",
                "sector": "music",
                "is_notable": True,
                "identity_checked": "agent",
                "quotation": "Ask first.",
            }
        ]

    @pytest.mark.parametrize(
        "hidden",
        [
            {"state": "pending"}, {"state": "held"}, {"state": "rejected"}, {"state": "withdrawn"},
            {"visibility": "anonymous"}, {"hidden_at": NOON},
        ],
    )  # fmt: skip
    def test_unlisted_signatures_are_not_shown(self, statement, hidden):
        make_signature(statement, name="Wren Holt", **hidden)

        assert names(NAMES) == names(NAMES + "?q=wren") == []
        assert "Wren" not in get(STATEMENT).content.decode()

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["Choir of Lund", "Wren Holt", "Ilse Varga"]),
            ("?sector=literature", ["Wren Holt"]),
            ("?kind=organisation", ["Choir of Lund"]),
            ("?q=varga", ["Ilse Varga"]),
            ("?kind=person&sector=music", ["Ilse Varga"]),
            ("?q=", ["Choir of Lund", "Wren Holt", "Ilse Varga"]),
            ("?colour=red", ["Choir of Lund", "Wren Holt", "Ilse Varga"]),
            ("?q=%25", []),
        ],
    )
    def test_parameters_select_signatories(self, statement, query, expected):
        make_signature(statement, name="Ilse Varga")
        make_signature(statement, name="Wren Holt", sector="literature")
        make_signature(statement, name="Choir of Lund", kind="organisation")

        assert names(NAMES + query) == expected

    def test_the_counts_are_of_what_was_asked_for(self, statement):
        make_signature(statement)
        make_signature(statement, kind="organisation")
        make_signature(statement, sector="literature", visibility="anonymous")

        assert counts(get(NAMES).json()) == (3, 2, 1, 2, 1)
        assert counts(get(NAMES + "?sector=music&kind=organisation").json()) == (1, 0, 1, 1, 0)

    def test_names_that_are_only_similar_are_marked(self, statement):
        make_signature(statement, name="Йорк")
        answer = get(NAMES + "?q=yorke").json()

        assert (answer["is_nearest"], [signatory["name"] for signatory in answer["signatories"]]) == (True, ["Йорк"])
        assert get(NAMES + "?q=york").json()["is_nearest"] is False

    def test_pages_follow_each_other_without_gap_or_double(self, statement):
        for number in range(7):
            make_signature(
                statement, name=f"Name {number}a", notable=number == 5, confirmed_at=NOON + timedelta(minutes=number)
            )
        make_signature(statement, name="Another", sector="literature")
        pages, address = [], NAMES + "?limit=3&sector=music&q=name"
        while address:
            answer = get(address).json()
            pages.append([signatory["name"] for signatory in answer["signatories"]])
            address = (answer["next"] or "").removeprefix("https://letter.example.org")

        assert [len(page) for page in pages] == [3, 3, 1]
        assert list(chain(*pages)) == [f"Name {number}a" for number in (5, 6, 4, 3, 2, 1, 0)]

    def test_a_page_is_as_long_as_the_lists_own_or_as_was_asked(self, statement, monkeypatch):
        monkeypatch.setattr(api, "PAGE_SIZE", 4)
        for _ in range(6):
            make_signature(statement)

        assert [len(names(NAMES + query)) for query in ("", "?limit=1", f"?limit={MAX_PAGE_SIZE}")] == [4, 1, 6]

    def test_its_description_knows_how_long_a_page_is(self):
        operation = json.loads(api.OPENAPI_FILE.read_text())["paths"]["/api/v1/statements/{slug}/signatories/"]["get"]
        (limit,) = (parameter["schema"] for parameter in operation["parameters"] if parameter["name"] == "limit")

        assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, MAX_PAGE_SIZE, PAGE_SIZE)

    def test_the_next_page_is_in_the_same_language(self, statement):
        make_signature(statement)
        make_signature(statement)

        assert get(f"/ar{NAMES}?limit=1").json()["next"].startswith(f"https://letter.example.org/ar{NAMES}?limit=1")

    def test_nothing_tells_an_id_or_a_time(self, statement):
        signature = make_signature(statement, confirmed_at=NOON + timedelta(minutes=17, seconds=23))
        make_signature(statement)
        text = get(NAMES + "?limit=1").content.decode()

        assert str(signature.id) not in {str(value) for value in json.loads(text).values()}
        assert "12:17" not in text
        assert signature.mailbox_digest.hex() not in text


ADDRESSES = {DESCRIPTION: 0, STATEMENT: 2, NAMES: 3, NAMES + "?q=ilse": 3, NAMES + "?q=ilza": 4, NAMES + "?limit=2": 3}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_takes_the_same_few_queries_with_one_row_and_with_many(statement, address, django_assert_num_queries):
    for count in (1, 3):
        for _ in range(count):
            make_signature(statement, name="Ilse Varga")
        with django_assert_num_queries(ADDRESSES[address]):
            get(address)


class TestOverTheWire:
    @pytest.mark.parametrize("address", [DESCRIPTION, STATEMENT, NAMES])
    def test_what_has_not_changed_is_not_sent_again(self, address):
        first = get(address)
        again = get(address, headers={"If-None-Match": first["ETag"]})

        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Cache-Control"] == first["Cache-Control"]
        assert again["Access-Control-Allow-Origin"] == "*"

    def test_what_has_changed_is(self, statement):
        before = get(NAMES)["ETag"]
        make_signature(statement)

        assert get(NAMES, headers={"If-None-Match": before}).status_code == 200

    def test_scripts_of_any_site_may_read_it(self):
        for address in (DESCRIPTION, STATEMENT, NAMES, NAMES + "?limit=0", "/api/v1/statements/nobody/", "/api/"):
            response = get(address, headers={"Origin": "https://newspaper.example"})
            assert response["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in response.headers

    def test_a_browser_may_ask_first(self):
        response = Client().options(NAMES, headers={"Access-Control-Request-Headers": "if-none-match"})

        assert (response.status_code, response.content) == (204, b"")
        assert response["Access-Control-Allow-Headers"] == "*"
        assert response["Access-Control-Allow-Methods"] == "GET, HEAD"

    def test_search_engines_pass_it_over(self):
        assert get(NAMES)["X-Robots-Tag"] == get(STATEMENT)["X-Robots-Tag"] == "noindex"


class TestNonsense:
    @pytest.mark.parametrize(
        ("query", "status", "parameter"),
        [
            ("after=x", 400, "after"),
            ("after=" + "A" * 44, 400, "after"),
            ("after=%00", 400, "after"),
            ("after=", 400, "after"),
            ("limit=", 422, "limit"),
            ("kind=", 422, "kind"),
            ("sector=%20", 422, "sector"),
            ("limit=0", 422, "limit"),
            ("limit=201", 422, "limit"),
            ("limit=-1", 422, "limit"),
            ("limit=many", 422, "limit"),
            ("limit=" + "9" * 5000, 422, "limit"),
            ("limit=%00", 422, "limit"),
            ("kind=robot", 422, "kind"),
            ("kind=%ed%a0%80", 422, "kind"),
            ("sector=alchemy", 422, "sector"),
            ("sector=%00", 422, "sector"),
            ("q=" + "x" * 101, 422, "q"),
            ("q=%00", 422, "q"),
        ],
    )
    def test_it_is_told_what_is_wrong(self, query, status, parameter):
        response = get(NAMES + "?" + query)
        problem = response.json()

        assert (response.status_code, problem["status"], list(problem["errors"])) == (status, status, [parameter])
        assert response["Content-Type"] == "application/problem+json"
        assert response["Cache-Control"] == "no-store"

    def test_it_is_told_in_the_language_of_the_address(self):
        problems = [get(language + NAMES + "?limit=0").json() for language in ("", "/fr", "/ar")]

        assert (
            len({problem["detail"] for problem in problems})
            == len({str(problem["errors"]) for problem in problems})
            == 3
        )

    @pytest.mark.parametrize(
        "address",
        [
            "/api/", "/api/v1/", "/api/v2/statements/letter/", "/api/v1/statements/", "/api/v1/statements/nobody/",
            "/api/v1/statements/nobody/signatories/", "/api/v1/statements/nobody/signatories/?after=x", "/fr/api/v1/",
            "/api/v1/statements/%00/", "/api/v1/statements/letter/signatories/music/", "/api/v1/statements/draft/",
        ],
    )  # fmt: skip
    def test_where_nothing_is_a_program_is_told_so(self, address):
        make_statement("draft", state="draft")
        response = get(address)

        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
        assert response.json()["status"] == 404

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "BREW"])
    @pytest.mark.parametrize("address", [DESCRIPTION, STATEMENT, NAMES])
    def test_it_takes_nothing(self, address, method):
        response = Client(enforce_csrf_checks=True).generic(method, address, b"{}")

        assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
        assert response["Allow"] == "GET, OPTIONS"

    def test_a_forgotten_slash_is_added(self):
        assert get(STATEMENT.rstrip("/"))["Location"] == STATEMENT

    def test_a_failure_of_ours_is_told_in_json_too(self, monkeypatch):
        monkeypatch.setattr(api, "_statement", lambda reading: 1 / 0)
        response = Client(raise_request_exception=False).get(STATEMENT)

        assert (response.status_code, response.json()["status"]) == (500, 500)

    @hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(query=st.binary(max_size=200))
    def test_any_bytes_as_a_query_are_answered(self, query):
        response = get(NAMES, QUERY_STRING=query.decode("latin-1"))

        assert response.status_code in (200, 400, 422)

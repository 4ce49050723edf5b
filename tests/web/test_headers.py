"""Every response has the security headers, and the site logs the violations that browsers report."""

import json
import logging
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.organisers import logged_in_client, make_owner
from tests.people import make_statement

pytestmark = pytest.mark.django_db

REPORTS = "/-/csp-report"
ADMIN = [reverse("admin:login"), reverse("admin:index"), reverse("admin:auth_user_changelist"), "/admin/nowhere/"]
PUBLIC = ["/", "/letter/", "/ar/letter/signatories/", "/letter/check-your-inbox/", "/nowhere/", "/confirm/forged/"]
STATIC = ["/static/css/base.css", "/static/icon.svg", "/static/admin/js/core.js", "/static/nowhere.js"]
PLAIN = ["/-/alive", "/-/ready", "/-/metrics", "/-/csp-report", "/robots.txt", "/sitemap.xml", "/letter/count.json"]
PLAIN += ["/api/v1/statements/letter/", "/api/v1/statements/nowhere/", "/letter", "/letter/feed/"]
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", f"report-uri {REPORTS}",
}  # fmt: skip


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


@pytest.fixture
def desk():
    return logged_in_client(make_owner())


@pytest.mark.parametrize("address", PUBLIC + ADMIN + STATIC + PLAIN)
def test_every_answer_has_them(desk, address):
    has_all(headers_of(desk, address))


def test_so_have_errors_of_every_kind(desk):
    desk.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE signatures_statement RENAME TO gone")
    answers = {500: desk.get("/"), 405: desk.post("/"), 403: desk.post("/letter/sign/", headers={"Origin": "null"})}
    answers |= {
        413: desk.post("/letter/sign/", {"credit": "x" * 300_000}),
        400: desk.get("/", headers={"Host": "evil"}),
    }

    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    for answer in answers.values():
        has_all(answer.headers)
        assert [word for word in ("Traceback", "gone", ".py", "/signatures", "psycopg") if word in answer.text] == []


def test_so_has_the_way_from_http_to_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/letter/")

    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/letter/")
    has_all(answer.headers)


def test_no_script_reads_the_cookies_of_the_desk():
    owner = make_owner()
    owner.set_password("correct horse battery")
    owner.save()
    visitor = Client()
    visitor.get(reverse("admin:login"))
    visitor.post(reverse("admin:login"), {"username": "owner", "password": "correct horse battery"})

    assert {(name, kept["httponly"], kept["samesite"]) for name, kept in visitor.cookies.items()} == {
        ("session", True, "Strict"),
        ("csrf", True, "Strict"),
    }


def headers_of(client, address):
    with closing(client.get(address)) as answer:  # closes a static file
        return answer.headers


def has_all(headers):
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["Permissions-Policy"].startswith("accelerometer=(), camera=()")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers.get("X-Frame-Options", "DENY") == "DENY"  # the older form of frame-ancestors


def test_the_script_for_other_sites_may_be_loaded_there_and_no_other_file():
    files = {name: headers_of(Client(), f"/static/js/{name}.js") for name in ("embed", "proof")}

    assert {name: headers["Cross-Origin-Resource-Policy"] for name, headers in files.items()} == {
        "embed": "cross-origin",
        "proof": "same-origin",
    }


def test_the_frame_alone_may_be_loaded_elsewhere():
    headers = Client().get("/embed/letter/").headers

    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "frame-ancestors *" in headers["Content-Security-Policy"]


def test_a_browser_that_came_by_https_stays_there(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000

    assert Client().get("/letter/", secure=True)["Strict-Transport-Security"] == "max-age=31536000"


def report(body, content_type="application/csp-report"):
    body = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return Client(raise_request_exception=False).post(REPORTS, body, content_type=content_type)


OLD = {
    "csp-report": {
        "document-uri": "https://petition.example/confirm/a-link.that-works/?q=ilse@example.org",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://ilse:secret@evil.example/path/ilse@example.org",
        "script-sample": "alert('Ilse Varga')",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "user_agent": "Mozilla",
        "body": {
            "documentURL": "https://petition.example/letter/",
            "effectiveDirective": "img-src",
            "blockedURL": "data",
        },
    }
]


class TestReports:
    def log_lines(self, caplog):
        return [record.getMessage() for record in caplog.records if record.name == "signatures.operations.csp_reports"]

    def test_either_form_of_them_leaves_a_line_without_anybody_in_it(self, caplog):
        with caplog.at_level(logging.WARNING):
            answers = [report(OLD), report(NEW, "application/reports+json")]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert self.log_lines(caplog) == [
            "CSP: script-src-elem refused https://evil.example on signatures:confirm",
            "CSP: img-src refused data on signatures:statement",
        ]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ("", 400), ("{", 400), (b"\xff\xfe", 400), ("[" * 10_000, 400), ("x" * 17_000, 413),
            ("null", 204), ("[]", 204), ("7", 204), ('{"csp-report": 7}', 204), ('[{"body": []}]', 204),
            ('{"csp-report": {"document-uri": "http://[", "blocked-uri": "http://["}}', 204),
            ('{"csp-report": {"effective-directive": {"a": 1}, "blocked-uri": ["\\n"]}}', 204),
        ],
    )  # fmt: skip
    def test_whatever_is_sent_is_answered(self, body, status):
        assert report(body).status_code == status

    def test_it_writes_no_line_that_a_stranger_has_made(self, caplog):
        forged = {"effective-directive": "img-src\nERROR root: all is lost", "blocked-uri": "https://a\nb/", "x": "y"}
        with caplog.at_level(logging.WARNING):
            report({"csp-report": forged})

        assert self.log_lines(caplog) == ["CSP: img-src refused https://ab on ?"]

    def test_one_report_writes_twenty_lines_at_most(self, caplog):
        with caplog.at_level(logging.WARNING):
            report(NEW * 60, "application/reports+json")

        assert len(self.log_lines(caplog)) == 20

    def test_a_flood_of_them_is_refused(self, settings, caplog):
        settings.LIMIT_FACTOR = 1
        answers = [report(NEW).status_code for _ in range(31)]

        assert (answers[29], answers[30]) == (204, 429)

    def test_it_is_not_there_to_be_read(self):
        answer = Client().get(REPORTS)

        assert (answer.status_code, answer["Allow"]) == (405, "POST")

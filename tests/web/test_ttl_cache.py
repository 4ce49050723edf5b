"""A process sends cached pages again unchanged, and checks a database connection without a query."""

import pytest
from django.db import connection
from django.test import Client

from signatures.statements.models.statement import Statement
from tests.people import make_signature, make_statement
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db

PATH = "/letter/"


@pytest.fixture
def visitor(settings):
    settings.ALLOWED_HOSTS, settings.PAGE_CACHE_SECONDS = ["testserver", "other"], 60
    make_signature(make_statement())
    return Client()


def test_the_second_visitor_gets_the_same_page_with_every_header(visitor, django_assert_num_queries):
    first = visitor.get(PATH)
    with django_assert_num_queries(0):
        second = visitor.get(PATH)

    assert (second.status_code, second.content) == (200, first.content)
    assert dict(second.headers) == dict(first.headers)


@pytest.mark.parametrize(
    "other",
    [{"HTTP_HOST": "other"}, {"QUERY_STRING": "x=1"}, {"HTTP_ACCEPT_ENCODING": "gzip"}, {"wsgi.url_scheme": "https"}],
)
def test_another_request_gets_its_own(visitor, other):
    visitor.get(PATH)
    page = visitor.get(PATH, **other)

    assert page.status_code == 200
    assert page.headers.get("Content-Encoding") == other.get("HTTP_ACCEPT_ENCODING")


def test_a_host_that_is_not_ours_gets_nothing(visitor):
    visitor.get(PATH)
    assert visitor.get(PATH, HTTP_HOST="stranger").status_code == 400


def test_who_has_it_already_is_told_so(visitor):
    etag = visitor.get(PATH)["ETag"]
    assert visitor.get(PATH, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_what_counts_requests_counts_every_one(visitor, settings):
    settings.LIMIT_FACTOR = 1
    statuses = {visitor.get("/api/v1/statements/letter/").status_code for _ in range(600)}

    assert (statuses, visitor.get("/api/v1/statements/letter/").status_code) == ({200}, 429)


def test_a_page_is_not_kept_longer_than_it_may(visitor, settings):
    settings.PAGE_CACHE_SECONDS = 0.2
    before = visitor.get(PATH).content
    make_signature(Statement.objects.get(), name="Eva Brandt")
    wait_for(lambda: b"Eva Brandt" in visitor.get(PATH).content)

    assert b"Eva Brandt" not in before


@pytest.mark.django_db(transaction=True)
class TestAConnection:
    def test_is_usable_without_a_question(self, django_assert_num_queries):
        connection.ensure_connection()
        with django_assert_num_queries(0):
            assert connection.is_usable()

    def test_is_not_once_the_server_has_hung_up(self):
        connection.ensure_connection()
        pid = connection.connection.info.backend_pid
        with connection.copy().cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        usable = connection.is_usable()
        connection.close()

        assert usable is False

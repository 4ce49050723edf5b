"""Tests how nginx caches the API: it keeps answers, and sends only what has changed again."""

import pytest

from signatures.web.decorators import PUBLIC_CACHE_CONTROL as PUBLIC
from tests.production.application import Answer, Application
from tests.production.edge import Nginx

NAMES = "/api/v1/statements/letter/signatories/"
HEADERS = {"Cache-Control": PUBLIC, "Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
LONG = '{"signatories": [' + "0, " * 400 + "0]}"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_has_not_changed_is_answered_by_the_edge_alone(edge: Nginx, application: Application, encoding: str):
    application.answer = Answer(LONG, headers={**HEADERS, "ETag": '"abc"'})
    first = edge.ask(NAMES, Accept_Encoding=encoding)
    again = edge.ask(NAMES, Accept_Encoding=encoding, If_None_Match=first.headers["etag"])

    assert first.headers["etag"] == {"identity": '"abc"', "gzip": 'W/"abc"'}[encoding]
    assert (again.status, again.body, again.headers["access-control-allow-origin"]) == (304, "", "*")
    assert len(application.seen) == 1


def test_a_question_with_an_etag_leaves_a_whole_page_for_the_next(edge: Nginx, application: Application):
    application.answer = Answer(LONG, headers={**HEADERS, "ETag": '"abc"'})
    assert edge.ask(NAMES, If_None_Match='"abc"').status == 304

    assert edge.ask(NAMES).body == LONG
    assert "if-none-match" not in {name.lower() for _, _, headers, _ in application.seen for name in headers}


def test_an_error_for_programs_comes_through_and_is_not_kept(edge: Nginx, application: Application):
    problem = {"Cache-Control": "no-store", "Content-Type": "application/problem+json"}
    application.answer = Answer('{"status": 422}', status=422, headers=problem)

    assert (edge.ask(NAMES).status, edge.ask(NAMES).body) == (422, '{"status": 422}')
    assert len(application.seen) == 2

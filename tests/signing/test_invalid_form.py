"""An invalid form comes back in a page from the cache."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from signatures.public.views.statement import statement_page
from signatures.signing.views import invalid_form
from signatures.templatetags.undersigned import rendered_fields
from tests.people import make_signature, make_statement

pytestmark = pytest.mark.django_db

WRONG = {"name": "<b>Ilse & Co</b>", "email": "nobody", "sector": "music", "credit": "composer", "via": "0123456789"}


@pytest.fixture
def visitor(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    invalid_form.frames.clear()
    make_signature(make_statement(proof_above=5), name="Eva Brandt")
    return Client()


@pytest.mark.parametrize("path", ["/letter/sign/", "/ar/letter/sign/"])
@pytest.mark.parametrize("mistake", [{}, {"email": "ilse@example.org", "version": "0" * 64}, {"name": ""}])
def test_it_is_the_page_that_would_have_been_rendered_whole(visitor, monkeypatch, path, mistake):
    put_together = visitor.post(path, {**WRONG, **mistake})
    monkeypatch.setattr(
        "signatures.signing.views.sign.invalid_form_page",
        lambda request, reading, form, *, via, around: statement_page(request, reading, form=form, via=via, status=422),
    )
    whole = visitor.post(path, {**WRONG, **mistake})

    assert (put_together.status_code, whole.status_code) == (422, 422)
    assert [line.strip() for line in put_together.content.decode().splitlines() if line.strip()] == [
        line.strip() for line in whole.content.decode().splitlines() if line.strip()
    ]
    headers = [{**answer.headers, "Content-Length": ""} for answer in (put_together, whole)]
    assert headers[0] == headers[1]


def test_no_stranger_fills_our_memory_with_pages(visitor, settings):
    settings.PAGE_CACHE_SECONDS = 60
    pages = {visitor.post("/letter/sign/", WRONG, HTTP_HOST=f"testserver:{port}").content for port in range(1, 5)}

    assert (len(pages), len(invalid_form.frames)) == (1, 1)


def test_one_visitors_mistakes_are_not_the_next_ones(visitor, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 60
    visitor.post("/letter/sign/", WRONG)
    with django_assert_num_queries(0):
        other = visitor.post("/letter/sign/", {"name": "Eva Brandt"})

    assert ("Ilse" in other.content.decode(), "Eva Brandt" in other.content.decode()) == (False, True)


def test_a_field_is_kept_for_the_next_visitor_as_long_as_nothing_was_typed(visitor):
    rendered_fields.clear()
    for path in ("/letter/sign/", "/ar/letter/sign/"):
        before = visitor.post(path, WRONG).content
        field_count = len(rendered_fields)
        assert visitor.post(path, WRONG).content == before
        assert len(rendered_fields) == field_count
    kept = "".join(rendered_fields.values())
    assert 'name="kind"' in kept
    assert not any(typed in kept for typed in ("Ilse", "nobody", "composer", "Eva Brandt"))


def test_what_was_chosen_stays_chosen(visitor):
    def options(chosen: str) -> list[str]:
        page = BeautifulSoup(visitor.post("/letter/sign/", {**WRONG, "sector": chosen}).content, "html.parser")
        return [
            str(option["value"]) for option in page.select("select[name=sector] option" + "[selected]" * bool(chosen))
        ]

    first, second = options("")[1:3]
    assert [options(chosen) for chosen in (first, second, first, "no such")] == [[first], [second], [first], []]

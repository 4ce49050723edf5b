"""Public pages set no cookie, vary by nothing, and any cache keeps them for a second. No cache keeps private pages."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver

from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import logged_in_client, make_organiser
from tests.people import NOON, make_invitation, make_signature, make_statement, make_update

pytestmark = pytest.mark.django_db

SHARED = "public, max-age=0, s-maxage=1, stale-while-revalidate=2, stale-if-error=3600"
PUBLIC = [
    "/", "/letter/", "/ar/letter/", "/letter/signatories/", "/letter/signatories/music/", "/letter/signatories/?q=ilse",
    "/letter/via/0123456789/", "/letter/count.json", "/letter/check-your-inbox/", "/letter/corrections/",
    "/fr/letter/sign/",
    "/api/v1/openapi.json", "/api/v1/statements/letter/", "/ar/api/v1/statements/letter/signatories/?kind=person",
    "/api/v1/oembed/?url=" + settings.SITE_URL + "/letter/", "/embed/letter/", "/ar/embed/letter/",
    "/letter/feed/", "/ar/letter/feed/", "/letter/updates/", "/letter/organisations/",
    "/letter/notable/", "/ar/letter/notable/",
    "/ar/letter/updates/1/", "/robots.txt", "/sitemap.xml",
    "/about/", "/ar/privacy/", "/accessibility/", "/imprint/",
    "/letter/numbers/", "/ar/letter/numbers/", "/letter/numbers.json", "/letter/numbers.csv", "/ar/letter/picture.png",
]  # fmt: skip
PRIVATE = {
    "confirm": Purpose.CONFIRM,
    "thanks": Purpose.THANKS,
    "signature": Purpose.OWN_PAGE,
    "not-me": Purpose.NOT_ME,
    "invitation": Purpose.INVITATION,
    "unsubscribe": Purpose.UNSUBSCRIBE,
}


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    statement = make_statement()
    make_update(statement)
    return statement


@pytest.fixture
def token(statement):
    signature = make_signature(statement)
    make_invitation(statement, id=signature.id)
    return lambda purpose: tokens.make(purpose, subject_id=signature.id, generation=1, issued_at=NOON)


@pytest.fixture(params=["a visitor", "an organiser who is logged in"])
def client(request):
    return logged_in_client() if request.param == "a visitor" else logged_in_client(make_organiser())


@pytest.mark.parametrize("address", PUBLIC)
def test_row_22_a_public_page_is_the_same_for_everybody(client, address):
    response = client.get(address)

    assert response.status_code in (200, 303)
    assert response["Cache-Control"] == SHARED
    assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert not response.cookies


@pytest.mark.parametrize("address", PUBLIC)
def test_its_language_comes_from_its_address_alone(address):
    pages = {
        language: Client().get(address, HTTP_ACCEPT_LANGUAGE=language).content.replace(b"as_of", b"")
        for language in ("en", "ar", "fr;q=0.5")
    }
    if not address.endswith(".json"):
        assert len(set(pages.values())) == 1


@pytest.mark.parametrize("path", PRIVATE)
def test_a_page_behind_a_link_is_kept_by_nobody(client, token, path):
    response = client.get(f"/{path}/{token(PRIVATE[path])}/")

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies


def test_the_whole_way_from_form_to_confirmed_sets_no_cookie(client, statement):
    fields = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music"}
    response = client.post("/letter/sign/", fields)

    assert (response.status_code, response["Location"]) == (303, "/letter/check-your-inbox/")
    assert (response["Cache-Control"], not response.cookies) == ("no-store", True)


def test_an_answer_to_a_bad_form_is_kept_by_nobody(client):
    response = client.post("/letter/sign/", {"name": "Ilse"})

    assert (response.status_code, response["Cache-Control"], not response.cookies) == (422, "no-store", True)


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("signature", {"act": "correct", "name": ""}, 422),
        ("signature", {"act": "visibility", "visibility": "anonymous"}, 303),
        ("signature", {"act": "data"}, 200),
        ("confirm", {"generation": "1"}, 200),
        ("thanks", {}, 303),
        ("invitation", {}, 303),
        ("unsubscribe", {}, 200),
        ("not-me", {}, 303),
    ],
)
def test_an_answer_behind_a_link_is_kept_by_nobody(client, token, path, sent, status):
    response = client.post(f"/{path}/{token(PRIVATE[path])}/", sent)

    assert (response.status_code, not response.cookies) == (status, True)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    ["/nowhere/", "/ar/letter/signatories/nowhere/", "/embed/nowhere/", "/letter/updates/99/", "/confirm/a.b/",
     "/api/v1/statements/nowhere/", "/nowhere/numbers.csv"],
)  # fmt: skip
def test_what_is_not_there_is_missing_for_everybody_and_kept_by_nobody(client, address):
    response = client.get(address)

    assert (response.status_code, response["Cache-Control"], not response.cookies) == (404, "no-store", True)
    assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"


def public_views():
    """Yields every view except those of admin and operations: health, metrics, mail events, browsers' reports."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name not in (
            "alive",
            "ready",
            "metrics",
            "mail_events",
            "csp_report",
        ):
            yield pattern
        if getattr(pattern, "namespace", None) is None and not isinstance(pattern, URLPattern):
            for included in pattern.url_patterns:
                yield from (view for view in included.url_patterns if isinstance(view, URLPattern))


def test_no_page_was_forgotten_here():
    tried = {address.partition("?")[0] for address in PUBLIC} | {f"/{path}/token.x/" for path in PRIVATE}
    resolver = get_resolver()
    names = {resolver.resolve(address.replace("/fr/", "/").replace("/ar/", "/")).url_name for address in tried}

    assert {view.name for view in public_views()} == {
        *names,
        "challenge",  # for one visitor each: tests/signing/test_bots.py
        "look", "file",  # kept for ever: tests/statements/test_appearance.py
    }  # fmt: skip


def test_row_21_only_public_posts_go_without_djangos_token():
    exempt = {view.name for view in public_views() if getattr(view.callback, "csrf_exempt", False)}

    takes_none = {"feed", "count", "numbers_json", "numbers_csv"} | {
        view.name for view in public_views() if view.name.startswith("api_")
    }
    assert (
        exempt
        == {"sign", "check_inbox", "confirm", "thanks", "own_page", "not_me", "unsubscribe", "invitation"} | takes_none
    )

import pytest
from django.test import Client

from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

FORM = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music"}


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SITE_URL = "https://letter.example.org"
    settings.CSRF_TRUSTED_ORIGINS = ["https://letter.example.org"]
    return make_statement()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "https://letter.example.org"}, 303),
        ({"Origin": "https://testserver"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Referer": "http://testserver/letter/"}, 303),
        ({"Referer": "https://evil.example/letter/"}, 403),
        ({"Referer": "nonsense"}, 403),
    ],
)
def test_row_21_a_form_is_taken_from_our_own_pages_alone(headers, status):
    response = Client(enforce_csrf_checks=True).post("/letter/sign/", FORM, headers=headers)

    assert response.status_code == status
    assert Signature.objects.count() == (status == 303)


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("confirm", Purpose.CONFIRM), ("thanks", Purpose.THANKS),
        ("signature", Purpose.OWN_PAGE), ("not-me", Purpose.NOT_ME),
    ],
)  # fmt: skip
def test_no_other_site_presses_a_button_for_a_signer(statement, path, purpose):
    signature = make_signature(statement, state="pending")
    token = tokens.make(purpose, subject_id=signature.id, generation=1, issued_at=NOON)
    response = Client().post(
        f"/{path}/{token}/", {"generation": 1, "act": "erase"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403
    assert (Signature.objects.get().state, Signature.objects.get().erased_at) == ("pending", None)

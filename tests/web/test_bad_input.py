"""Any bad input gets a clear page, is not stored, and never causes a 5xx."""

from functools import cache

import pytest
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from signatures.mail.models.email import Mail
from signatures.signing.models.signature import Signature
from tests.people import make_signature, make_statement

pytestmark = pytest.mark.django_db

GOOD = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music"}


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def visitor(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.LIMIT_FACTOR = 10_000
    return Client(raise_request_exception=False)


def post(visitor, changed, **extra):
    return visitor.post("/letter/sign/", {**GOOD, **changed}, **extra)


def stored():
    return Signature.objects.count() + Mail.objects.count()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "Write your name."),
        ({"name": "   "}, "Write"),
        ({"name": "12345"}, "at least one letter"),
        ({"name": "x" * 121}, "120 characters"),
        ({"name": "x" * 100_000}, "characters"),
        ({"name": "https://shop.example.org"}, "Leave out the web address."),
        ({"name": "www.shop.example"}, "Leave out the web address."),
        ({"name": "ilse@example.org"}, "Leave out the e-mail address."),
        ({"name": "Ilse\u202eagraV"}, "invisible sign"),
        ({"name": "Il\u200bse"}, "invisible character"),
        ({"name": "Ilse\nVarga"}, "one line"),
        ({"name": "Ilse\x00Varga"}, "Null characters"),
        ({"name": "Ilse \ufffd"}, "damaged"),
        ({"name": "Z" + "\u0301\u0302\u0303\u0304" + "oe"}, "too many marks"),
        ({"name": "=Ilse"}, "Begin with a letter"),
        ({"name": "@ilse"}, "Begin with a letter"),
        ({"email": ""}, "Write your e-mail address."),
        ({"email": "ilse"}, "whole e-mail address"),
        ({"email": "ilse@example"}, "Check it for mistakes"),
        ({"email": "иван@пример.рф"}, "before the @"),
        ({"email": "a@example.org, b@example.org"}, "Check it for mistakes"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "mistakes"),
        ({"email": "\x00@example.org"}, "Null characters"),
        ({"sector": ""}, "Choose your field of work."),
        ({"sector": "alchemy"}, "Choose a field of work from the list."),
        ({"sector": "\x00"}, "Choose a field of work from the list."),
        ({"credit": "see https://shop.example.org"}, "Leave out the web address."),
        ({"credit": "x" * 161}, "160 characters"),
        ({"organisation": "\u202eshop"}, "invisible sign"),
        ({"kind": "robot"}, "robot"),
        ({"visibility": "loud"}, "loud"),
        ({"version": "0" * 64}, "The text has changed"),
        ({"version": "\x00"}, "Null characters"),
    ],
)
def test_bad_input_gets_its_message_and_keeps_what_was_typed(visitor, statement, changed, message):
    typed = {"name": "Ilse Varga", "credit": "Composer of the Lund Requiem", **changed}
    response = post(visitor, typed)

    assert response.status_code == 422
    assert message in response.content.decode()
    if "credit" not in changed:
        assert "Composer of the Lund Requiem" in response.content.decode()
    assert stored() == 0


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien", "Nguyễn Thị Minh Ánh", "王小明", "د. ليلى الحداد", "प्रिया शर्मा", "Suharti", "Ọlátúnjí Adébáyọ̀",
        "will.i.am", "Æsa 12", "김하늘", "Пётр Ильич", "ภัทร ชัยวัฒน์",
    ],
)  # fmt: skip
def test_the_twelve_names_are_taken_as_typed(visitor, statement, name):
    assert post(visitor, {"name": name}).status_code == 303
    assert Signature.objects.get().name == name


@pytest.mark.parametrize("missing", ["name", "email", "sector"])
def test_a_missing_field_is_asked_for(visitor, statement, missing):
    fields = {key: value for key, value in GOOD.items() if key != missing}

    assert visitor.post("/letter/sign/", fields).status_code == 422
    assert stored() == 0


def test_a_repeated_field_counts_once(visitor, statement):
    response = visitor.post("/letter/sign/", {**GOOD, "name": ["First Name", "Second Name"]})

    assert response.status_code == 303
    assert Signature.objects.get().name == "Second Name"


@pytest.mark.parametrize("characters", [257 * 1024, 1_000_000, 3_000_000])
def test_what_is_longer_than_any_form_is_too_much(visitor, statement, characters):
    response = post(visitor, {"credit": "x" * characters})

    assert response.status_code == 413
    assert "shorten it" in response.content.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"name=%ff%fe&email=%ed%a0%80&sector=%00", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00\x01", "application/x-www-form-urlencoded"),
        (b'{"name": "Ilse"}', "application/json"),
        (b"", "text/plain"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"no boundary", "multipart/form-data"),
        (b"&" * 5000, "application/x-www-form-urlencoded"),
        (b"name=a" * 10, "application/x-www-form-urlencoded; charset=klingon"),
        (b"x", ""),
    ],
)
def test_a_body_that_is_no_form_is_refused(visitor, statement, body, content_type):
    response = visitor.generic("POST", "/letter/sign/", body, content_type=content_type)

    assert response.status_code in (400, 413, 415, 422)
    assert stored() == 0


def test_lone_surrogates_and_broken_utf8_are_told_apart_from_a_name(visitor, statement):
    body = b"name=Ilse%ed%a0%80&email=ilse%40example.org&sector=music"
    response = visitor.generic("POST", "/letter/sign/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert "damaged" in response.content.decode()


ADDRESSES = [
    "/nobody/", "/nobody/sign/", "/nobody/signatories/", "/nobody/count.json", "/nobody/check-your-inbox/",
    "/letter/signatories/alchemy/", "/letter/signatories/organisations/", "/xx/letter/", "/en/letter/",
    "/confirm/forged.token/", "/confirm/x/", "/thanks/forged.token/", "/signature/forged.token/",
    "/not-me/forged.token/", "/letter/\x00/", "/%00/", "/%ff%fe/", "/%ed%a0%80/", "/letter/%2e%2e/", "//letter//",
    "/confirm/" + "a" * 5000 + ".b/", "/.env", "/wp-login.php", "/letter/sign/extra/",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_leads_nowhere_is_a_plain_404(visitor, statement, address):
    response = visitor.get(address)

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_a_draft_is_nowhere(visitor):
    make_statement("secret", state="draft")

    for address in ("/secret/", "/secret/signatories/", "/secret/count.json", "/secret/check-your-inbox/"):
        assert visitor.get(address).status_code == 404
    assert visitor.post("/secret/sign/", GOOD).status_code == 404


def test_a_closed_statement_takes_no_more_signatures(visitor, statement):
    statement.state = "closed"
    statement.save()

    assert post(visitor, {}).status_code == 410
    assert visitor.get("/letter/").status_code == 200
    assert stored() == 0


QUERIES = [
    "q=%00", "q=%ff%fe", "q=%ed%a0%80", "q=" + "x" * 5000, "q=%25%5F%5C", "q='", "q=%3Cscript%3E", "after=", "after=x",
    "after=" + "A" * 44, "after=" + "%00" * 44, "after=%ed%a0%80", "after=" + "_" * 44, "kind=robot", "kind=%00",
    "q=a&q=b&after=1&after=2", "unknown=1", "%", "&&&==", "q=王小明", "q=😀", "q=..", "q=%E2%80%AE",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_any_query_to_the_list_is_a_page(visitor, statement, query):
    make_signature(statement)
    response = visitor.get("/letter/signatories/?" + query)

    assert response.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize(
    "address",
    ["/", "/letter/", "/letter/sign/", "/letter/signatories/", "/letter/numbers/", "/letter/check-your-inbox/"],
)
def test_an_odd_method_is_refused_with_a_page(visitor, statement, method, address):
    response = visitor.generic(method, address)

    assert response.status_code == 405
    assert "Allow" in response.headers


@pytest.mark.parametrize("address", ["/letter/", "/letter/signatories/", "/", "/letter/count.json"])
def test_posting_to_a_page_that_takes_nothing_is_refused(visitor, statement, address):
    assert visitor.post(address, GOOD).status_code == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ACCEPT_LANGUAGE": "xx-" + "y" * 5000},
        {"HTTP_ACCEPT_LANGUAGE": "\x00,;q=,,"},
        {"HTTP_COOKIE": "sessionid=\x00; =; ;;;" + "a=b;" * 500},
        {"HTTP_COOKIE": "session=forged; csrf=forged"},
        {"HTTP_X_FORWARDED_FOR": "junk, , 1.2.3.4:99, [::1]:80%eth0"},
        {"HTTP_USER_AGENT": "\x00" * 100},
        {"HTTP_ORIGIN": "http://["},
        {"REMOTE_ADDR": ""},
    ],
)
def test_odd_headers_change_nothing(visitor, statement, headers):
    assert visitor.get("/letter/", **headers).status_code == 200
    assert visitor.post("/letter/sign/", GOOD, **headers).status_code in (303, 403)


@pytest.mark.parametrize("host", ["evil.example.org", "", "a b", "[::1", "x" * 300])
def test_a_host_that_is_not_ours_is_refused(visitor, statement, host):
    assert visitor.get("/letter/", HTTP_HOST=host).status_code == 400


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                "name",
                "email",
                "sector",
                "credit",
                "organisation",
                "kind",
                "website",
                "officer",
                "officer_post",
                "visibility",
                "updates",
                "version",
            ]
        ),
        st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace").decode()),
    )
)
def test_any_form_at_all_is_answered(visitor, statement, fields):
    assert visitor.post("/letter/sign/", {**GOOD, **fields}).status_code in (303, 422)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.binary(max_size=200))
def test_any_bytes_as_a_query_are_a_page(visitor, statement, query):
    response = visitor.get("/letter/signatories/", QUERY_STRING=query.decode("latin-1"))

    assert response.status_code == 200


@pytest.mark.parametrize("name", ["%00", "a%00.png", "%ed%a0%80", "..%2f..%2fetc", "x" * 3000])
def test_a_file_of_any_name_is_nowhere(visitor, statement, name):
    assert visitor.get(f"/letter/files/{name}").status_code == 404


CHARSETS = [
    "base64",
    "rot13",
    "idna",
    "punycode",
    "undefined",
    "unicode_escape",
    "raw_unicode_escape",
    "utf-16",
    "zlib",
]
FORM = b"name=%5cud800&email=ilse%40example.org&sector=music&further=%ff"
PART = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nIlse \\ud800\r\n--x--\r\n'


@pytest.mark.django_db(transaction=True)
def test_no_codec_of_a_strangers_choice_is_used(visitor, statement):
    for charset in (*(f"charset={codec}" for codec in CHARSETS), "x*=undefined''abc"):
        for kind, body in (("application/x-www-form-urlencoded", FORM), ("multipart/form-data; boundary=x", PART)):
            odd = f"{kind}; {charset}"
            assert answered("POST", "/letter/sign/", body, odd) in (303, 422), odd
            for address in ("/letter/signatories/?q=%5cud800%ff", "/letter/?x=%5cud800", "/-/alive"):
                assert answered("GET", address, b"", odd) == 200, odd
        assert answered("POST", "/-/csp-report", b"[]", f"application/json; {charset}") == 204
    assert set(Signature.objects.values_list("name", flat=True)) <= {r"\ud800", r"Ilse \ud800"}


def answered(method, address, body, content_type):
    """Sends the request to the WSGI application that gunicorn runs, because Django's test client builds its own
    requests."""
    environ = RequestFactory().generic(method, address, body).environ
    statuses = []
    handler()(
        {**environ, "CONTENT_TYPE": content_type}, lambda status, headers: statuses.append(int(status.split()[0]))
    )
    return statuses[0]


@cache
def handler():
    from petition.wsgi import Utf8Handler

    return Utf8Handler()

import pytest
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from dev import ports
from signatures import limits
from signatures.limits import cache_breaker, client_network
from tests.people import make_statement
from tests.threads import at_once


@pytest.fixture(autouse=True)
def closed_breaker():
    cache_breaker.reset()
    yield
    cache_breaker.reset()


def request(remote="10.0.0.1", forwarded=None):
    extra = {"REMOTE_ADDR": remote}
    if forwarded is not None:
        extra["HTTP_X_FORWARDED_FOR"] = forwarded
    return RequestFactory().get("/", **extra)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "junk", "10.0.0.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        (1, "fe80::1%eth0", "fe80::/64"),
    ],
)
def test_the_network_is_what_our_outermost_proxy_saw(settings, proxies, forwarded, network):
    settings.TRUSTED_PROXIES = proxies

    assert client_network(request(forwarded=forwarded)) == network


def test_a_server_on_a_unix_socket_knows_no_network():
    assert client_network(request(remote="")) == "unknown"


@given(forwarded=st.text(max_size=200), proxies=st.integers(0, 3))
def test_no_header_breaks_it(forwarded, proxies):
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_network(request(forwarded=forwarded))


def test_exactly_so_many_pass(settings):
    settings.LIMIT_FACTOR = 1
    waits = [limits.seconds_to_wait(request(), "test", (5, 3600)) for _ in range(8)]

    assert [wait == 0 for wait in waits] == 5 * [True] + 3 * [False]
    assert all(0 < wait <= 3600 for wait in waits[5:])
    assert limits.seconds_to_wait(request(remote="10.0.0.2"), "test", (5, 3600)) == 0


def test_two_hundred_at_once_get_no_more_through(settings):
    settings.LIMIT_FACTOR = 1
    waits = at_once(40, lambda _: [limits.seconds_to_wait(request(), "race", (50, 3600)) for _ in range(5)])

    assert sum(wait == 0 for part in waits for wait in part) == 50


def test_with_the_cache_away_everybody_gets_through(settings, caplog):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{ports.free()}/0"}}
    waits = [limits.seconds_to_wait(request(), "test", (1, 3600)) for _ in range(5)]

    assert waits == [0, 0, 0, 0, 0]
    assert len([record for record in caplog.records if "is away" in record.message]) == 1


@pytest.mark.django_db
def test_a_theatre_of_five_hundred_signs_from_one_address_and_a_flood_does_not(settings):
    settings.ALLOWED_HOSTS, settings.LIMIT_FACTOR = ["testserver"], 1
    make_statement()
    visitor = Client()
    answers = [
        visitor.post("/letter/sign/", {"name": "Ilse", "email": f"s{n}@example.org", "sector": "music"})
        for n in range(500)
    ]
    assert {answer.status_code for answer in answers} == {303}

    for _ in range(200):
        last = visitor.post("/letter/sign/", {})
        if last.status_code == 429:
            break
    assert last.status_code == 429
    assert 0 < int(last["Retry-After"]) <= 60
    assert "Too many at once" in last.content.decode()

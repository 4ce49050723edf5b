import http.client
import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from signatures.mail.limits import DAY, MAX_EMAILS_PER_DAY, MIN_TIME_BETWEEN_EMAILS
from signatures.mail.models.email import Mail
from signatures.public.limits import API_RATE, SEARCH_RATE
from signatures.signing.limits import SIGN_RATE, USUAL_SIGNING_RATE
from signatures.signing.models.signature import Signature
from signatures.web import event_counters, rate_limits, tokens
from signatures.web.client_network import client_network
from signatures.web.rate_limits import Limit, cache_breaker, check, of_mailbox, of_network, seconds_to_wait
from signatures.web.tokens import Purpose
from tests.people import make_signature, make_statement
from tests.site import Site, database_url
from tests.threads import at_once
from tests.waiting import wait_for
from tools.dev import ports


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
def test_row_20_the_network_is_what_our_outermost_proxy_saw(settings, proxies, forwarded, network):
    settings.TRUSTED_PROXIES = proxies

    assert client_network(request(forwarded=forwarded)) == network


def test_a_server_on_a_unix_socket_knows_no_network():
    assert client_network(request(remote="")) == "unknown"


@given(forwarded=st.text(max_size=200), proxies=st.integers(0, 3))
def test_row_20_no_header_breaks_it(forwarded, proxies):
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_network(request(forwarded=forwarded))


def test_exactly_so_many_pass(settings):
    settings.LIMIT_FACTOR = 1
    waits = [seconds_to_wait(of_network(request(), "test", (5, 3600))) for _ in range(8)]

    assert [wait == 0 for wait in waits] == 5 * [True] + 3 * [False]
    assert all(0 < wait <= 3600 for wait in waits[5:])
    assert seconds_to_wait(of_network(request(remote="10.0.0.2"), "test", (5, 3600))) == 0


def test_two_hundred_at_once_get_no_more_through(settings):
    settings.LIMIT_FACTOR = 1
    waits = at_once(40, lambda _: [seconds_to_wait(of_network(request(), "race", (50, 3600))) for _ in range(5)])

    assert sum(wait == 0 for thread in waits for wait in thread) == 50


@pytest.fixture
def visitor(settings):
    settings.ALLOWED_HOSTS, settings.LIMIT_FACTOR = ["testserver"], 1
    return Client()


def form(address="ilse@example.org"):
    return {"name": "Ilse Varga", "email": address, "sector": "music"}


def spend(group, rate, count):
    """Counts requests of the visitor's network without loading pages."""
    assert {seconds_to_wait(of_network(request(remote="127.0.0.1"), group, rate)) for _ in range(count)} == {0}


@pytest.mark.django_db
class TestATheatre:
    """Many people share one address."""

    def test_all_five_hundred_get_through_and_those_who_come_on_top_are_flagged(self, visitor):
        make_statement()
        answers = [visitor.post("/letter/sign/", form(f"s{number}@example.org")) for number in range(510)]

        assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, "/letter/check-your-inbox/")}
        flags = list(Signature.objects.order_by("id").values_list("flags", flat=True))
        assert flags == 500 * [[]] + 10 * [["burst"]]
        assert Mail.objects.filter(kind=Mail.Kind.CONFIRM).count() == 510

    def test_what_was_refused_with_a_message_does_not_count_as_signed(self, visitor):
        make_statement()
        spend("signatures", USUAL_SIGNING_RATE, 499)
        visitor.post("/letter/sign/", {**form(), "name": ""})
        visitor.post("/letter/sign/", form())
        visitor.post("/letter/sign/", form("eva@example.org"))

        assert list(Signature.objects.order_by("id").values_list("flags", flat=True)) == [[], ["burst"]]

    def test_a_flood_of_many_a_second_is_refused_in_the_visitors_language(self, visitor):
        make_statement()
        spend("sign", SIGN_RATE, 599)
        assert visitor.post("/fr/letter/sign/", {}).status_code == 422

        refused = visitor.post("/fr/letter/sign/", {})
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 60
        assert (refused["Cache-Control"], not refused.cookies) == ("no-store", True)
        assert [text in refused.content.decode() for text in ('lang="fr"', "Trop de demandes")] == [True, True]
        assert visitor.post("/letter/sign/", form(), REMOTE_ADDR="192.0.2.9").status_code == 303

    def test_from_then_on_its_forms_are_not_read_until_there_is_room(self, visitor, django_assert_num_queries):
        make_statement()
        spend("sign", SIGN_RATE, 600)
        assert visitor.post("/letter/sign/", {}).status_code == 429
        with django_assert_num_queries(0):
            refused = visitor.post("/letter/sign/", form())
        assert (refused.status_code, 0 < int(refused["Retry-After"]) <= 60) == (429, True)
        assert event_counters.read_counts(event_counters.LIMITED)["sign"] == 2
        assert visitor.post("/letter/sign/", {}, REMOTE_ADDR="192.0.2.9").status_code == 422


@pytest.mark.django_db
class TestOneMailbox:
    """Requests from all networks count. The limit does not reveal whether the mailbox has signed."""

    @pytest.fixture(autouse=True)
    def signature(self, visitor):
        statement = make_statement()
        return make_signature(statement, address="known@example.org")

    @pytest.mark.parametrize("path", ["/letter/sign/", "/letter/check-your-inbox/"])
    @pytest.mark.parametrize("address", ["known@example.org", "nobody@example.org"])
    def test_is_limited_on_forms_whatever_its_standing_and_network(self, visitor, path, address):
        networks = (f"192.0.2.{number}" for number in range(200))
        answers = [visitor.post(path, form(address), REMOTE_ADDR=next(networks)).status_code for _ in range(32)]

        assert answers == 30 * [303] + 2 * [429]

    def test_is_one_under_all_its_spellings(self, visitor):
        spellings = ["ilse.varga@gmail.com", "IlseVarga@gmail.com", "ilsevarga+a@googlemail.com"]
        answers = [visitor.post("/letter/sign/", form(spellings[number % 3])).status_code for number in range(31)]

        assert answers[-2:] == [303, 429]

    @pytest.mark.parametrize(
        ("path", "purpose"),
        [
            ("confirm", Purpose.CONFIRM), ("thanks", Purpose.THANKS),
            ("signature", Purpose.OWN_PAGE), ("not-me", Purpose.NOT_ME), ("unsubscribe", Purpose.UNSUBSCRIBE),
        ],
    )  # fmt: skip
    def test_is_limited_on_its_links_but_only_for_buttons(self, visitor, signature, path, purpose):
        link = f"/{path}/{tokens.make(purpose, subject_id=signature.id, generation=1, issued_at=timezone.now())}/"
        by = bytes(signature.mailbox_digest)
        for _ in range(30):
            check(of_mailbox("link", by))

        refused = visitor.post(link, {"act": ""})
        assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
        assert visitor.get(link).status_code == 200


@pytest.mark.django_db
class TestReading:
    @pytest.fixture(autouse=True)
    def statement(self):
        make_signature(make_statement())

    def test_names_without_a_search_are_not_limited(self, visitor):
        spend("search", SEARCH_RATE, 240)

        assert visitor.get("/letter/signatories/").status_code == 200

    def test_searching_is(self, visitor):
        spend("search", SEARCH_RATE, 239)
        assert visitor.get("/letter/signatories/?q=ilse").status_code == 200

        page = visitor.get("/letter/signatories/?q=ilse")
        assert (page.status_code, int(page["Retry-After"]) > 0, page["Cache-Control"]) == (429, True, "no-store")

        api = visitor.get("/api/v1/statements/letter/signatories/?q=ilse")
        assert (api.status_code, api["Content-Type"]) == (429, "application/problem+json")
        assert (api.json()["status"], int(api["Retry-After"]) > 0) == (429, True)

    def test_the_api_is(self, visitor):
        spend("api", API_RATE, 599)

        paths = ["/api/v1/statements/letter/", "/api/v1/statements/letter/signatories/"]
        assert [visitor.get(path).status_code for path in paths] == [200, 429]


def test_a_counter_shows_neither_the_network_nor_which_it_was_yesterday(monkeypatch):
    keys = []
    for day in (3, 3, 4):
        monkeypatch.setattr(
            "signatures.web.client_network.timezone.now", lambda day=day: datetime(2026, 11, day, tzinfo=UTC)
        )
        keys.append(of_network(request(), "sign", SIGN_RATE).key)

    assert (keys[0] == keys[1], keys[1] == keys[2], "10.0.0.1" in keys[0]) == (True, False, False)


class TestCountedTogether:
    """One round trip counts a request against several limits."""

    ROOMY, TIGHT = Limit("roomy", "a", 10, 60), Limit("tight", "b", 2, 60)

    def test_each_is_counted_and_the_first_that_is_passed_is_told(self):
        answers = [rate_limits.count_requests(self.ROOMY, self.TIGHT) for _ in range(3)]

        assert [answer and answer.limit for answer in answers] == [None, None, self.TIGHT]
        assert 0 < answers[2].seconds <= 60

    def test_what_is_refused_does_not_count_against_what_comes_after(self):
        for _ in range(20):
            rate_limits.count_requests(self.TIGHT, self.ROOMY)

        assert [rate_limits.count_requests(self.ROOMY) for _ in range(8)] == 8 * [None]
        assert rate_limits.count_requests(self.ROOMY).limit == self.ROOMY

    def test_a_count_ends_with_its_window(self):
        short = Limit("short", "a", 1, 1)
        assert [rate_limits.count_requests(short) is None for _ in range(2)] == [True, False]
        wait_for(lambda: rate_limits.count_requests(short) is None)

    def test_a_cache_that_was_started_anew_learns_the_script_again(self):
        event_counters.cache().script_flush()
        assert [rate_limits.count_requests(self.TIGHT) is None for _ in range(3)] == [True, True, False]


class TestWithTheCacheAway:
    @pytest.fixture(autouse=True)
    def nothing_there(self, settings):
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{ports.free()}/0"}}

    def test_everybody_gets_through_and_the_log_says_so_once(self, caplog):
        waits = at_once(20, lambda _: [seconds_to_wait(of_network(request(), "test", (1, 3600))) for _ in range(5)])

        assert {wait for thread in waits for wait in thread} == {0}
        assert [record.message for record in caplog.records if "is away" in record.message] == [
            "the cache behind the limits is away, going on without it: ConnectionError"
        ]

    def test_the_log_says_when_it_is_back(self, caplog, settings, monkeypatch):
        monkeypatch.setattr("signatures.web.circuit_breaker.COOL_DOWN_SECONDS", 0)
        seconds_to_wait(of_network(request(), "test", (1, 3600)))
        seconds_to_wait(of_network(request(), "test", (1, 3600)))
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}
        seconds_to_wait(of_network(request(), "test", (1, 3600)))

        assert [record.message.partition(",")[0] for record in caplog.records if "limits is" in record.message] == [
            "the cache behind the limits is away",
            "the cache behind the limits is back",
        ]


@pytest.mark.django_db(transaction=True)
def test_row_17_two_hundred_at_once_for_one_mailbox_stay_under_its_caps_with_redis_away(tmp_path):
    """Uses the real site: 200 networks, one mailbox in three spellings, twenty statements."""
    statements = [make_statement(f"letter-{number}", now=timezone.now()) for number in range(20)]
    spellings = ["ilse.varga@gmail.com", "ilsevarga@gmail.com", "ilsevarga+a@googlemail.com"]
    away = f"redis://127.0.0.1:{ports.free()}/0"
    web = {"DATABASE_URL": database_url(), "REDIS_URL": away, "CACHE_URL": away, "TRUSTED_PROXIES": "1"}

    with Site(tmp_path, processes=("web",), **web) as site:

        def post(number):
            body = urlencode(form(spellings[number % 3]))
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": f"192.0.2.{number}"}
            with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)) as connection:
                connection.request("POST", f"/{statements[number % 20].slug}/sign/", body, headers)
                return connection.getresponse().status

        with ThreadPoolExecutor(200) as pool:
            statuses = list(pool.map(post, range(200)))

    due = sorted(Mail.objects.values_list("due_at", flat=True))
    assert (len(statuses), set(statuses)) == (200, {303})
    assert (Signature.objects.count(), len(due)) == (20, 20)
    assert sum(moment <= timezone.now() for moment in due) == 1
    assert sum(moment < due[0] + DAY for moment in due) == MAX_EMAILS_PER_DAY
    assert all(later - sooner >= MIN_TIME_BETWEEN_EMAILS for sooner, later in itertools.pairwise(due))

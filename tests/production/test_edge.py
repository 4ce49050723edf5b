"""This module tests nginx and Caddy as they run with the files of deploy/."""

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings
from django.utils.translation import get_language_info

from signatures.operations.log_format import TOKEN_IN_PATH
from signatures.web.client_network import client_network
from signatures.web.decorators import PUBLIC_CACHE_CONTROL as PUBLIC
from tests.production.application import Answer, Application, NameServer
from tests.production.edge import DEPLOY, VISITOR, Caddy, Nginx

TOKEN = "eyJzIjoxfQ:1t2K3b:x9_secret-of-a-link"
PURPOSES = TOKEN_IN_PATH.pattern.partition("(?:")[2].partition(")")[0]
TOKEN_PATHS = [f"/{purpose}/{TOKEN}/" for purpose in PURPOSES.split("|")]


# What the cache keeps


def test_a_public_page_is_asked_for_once_a_second_however_many_read_it(edge: Nginx, application: Application):
    with ThreadPoolExecutor(8) as readers:
        replies = list(readers.map(lambda _: edge.ask("/letter/"), range(24)))

    assert {reply.status for reply in replies} == {200}
    assert {reply.headers["cache-control"] for reply in replies} == {PUBLIC}
    assert application.paths.count("/letter/") <= 3  # one, and one more for each second that passed


def test_a_hidden_name_is_gone_for_late_visitors_even_while_the_page_is_being_made_anew(
    edge: Nginx, application: Application
):
    application.answer = Answer("Ada and Ben")
    assert edge.ask("/letter/").body == "Ada and Ben"
    application.answer = Answer("Ada", delay=0.5)
    time.sleep(4.1)  # s-maxage and stale-while-revalidate are over

    with ThreadPoolExecutor(6) as visitors:
        bodies = {reply.body for reply in visitors.map(lambda _: edge.ask("/letter/"), range(6))}

    assert bodies == {"Ada"}


def test_for_two_seconds_more_a_visitor_need_not_wait_for_the_new_page(edge: Nginx, application: Application):
    application.answer = Answer("old")
    edge.ask("/letter/")
    application.answer = Answer("new", delay=1.5)
    time.sleep(2.1)

    first = edge.ask("/letter/")
    assert (first.body, first.seconds < 1.5) == ("old", True)
    time.sleep(1.6)
    assert edge.ask("/letter/").body == "new"


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": PUBLIC, "Set-Cookie": "session=1"},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": PUBLIC, "Vary": "Cookie"},
        {"Cache-Control": PUBLIC, "Vary": "Accept-Encoding, Cookie"},
        {},
    ],
    ids=str,
)
def test_what_is_not_for_everybody_is_not_kept(edge: Nginx, application: Application, headers: dict[str, str]):
    application.answer = Answer("first", headers=headers)
    edge.ask("/letter/")
    application.answer = Answer("second", headers=headers)
    assert edge.ask("/letter/").body == "second"


@pytest.mark.parametrize(
    "path", [*TOKEN_PATHS, f"/fr{TOKEN_PATHS[0]}", "/admin/", "/-/ready", "/letter/sign/", "/letter/challenge/"]
)
def test_a_page_of_ones_own_is_not_kept_even_if_the_application_forgot_to_say_so(
    edge: Nginx, application: Application, path: str
):
    application.answer = Answer("first")
    edge.ask(path)
    application.answer = Answer("second")
    assert edge.ask(path).body == "second"


def test_posts_go_through_each_time_with_what_was_typed(edge: Nginx, application: Application):
    for name in ("Ada", "Ben"):
        application.answer = Answer(f"thanks {name}", status=422)
        reply = edge.ask("/letter/sign/", "POST", f"name={name}", Content_Type="application/x-www-form-urlencoded")
        assert (reply.status, reply.body) == (422, f"thanks {name}")
    assert [body for method, _path, _headers, body in application.seen if method == "POST"] == [
        "name=Ada",
        "name=Ben",
    ]


def test_it_keeps_a_copy_of_each_encoding_that_the_application_packs(edge: Nginx, application: Application):
    """The other encodings that a browser accepts make no difference."""
    encodings = {"gzip, deflate, br, zstd": "br", "br;q=0.9": "br", "br;q=0, gzip": "gzip", "gzip;q=0": "", "": ""}
    for taken, packing in encodings.items():
        application.answer = Answer(packing or "plain", headers={"Cache-Control": PUBLIC, "Vary": "Accept-Encoding"})
        assert edge.ask("/letter/", Accept_Encoding=taken).body == (packing or "plain")

    requested = [
        headers.get("accept-encoding", "") for _method, path, headers, _body in application.seen if "letter" in path
    ]
    assert sorted(requested) == ["", "br", "gzip"]


def test_what_the_application_does_not_pack_is_packed_here_but_for_what_is_ones_own(
    edge: Nginx, application: Application
):
    application.answer = Answer("name " * 500)
    assert edge.ask("/letter/", Accept_Encoding="gzip").headers["content-encoding"] == "gzip"
    for path in (*TOKEN_PATHS, "/admin/"):
        assert "content-encoding" not in edge.ask(path, Accept_Encoding="gzip").headers


def test_who_has_the_page_already_is_told_so_by_the_edge_itself(edge: Nginx, application: Application):
    application.answer = Answer("page", headers={"Cache-Control": PUBLIC, "ETag": '"strong"'})
    assert edge.ask("/letter/").headers["etag"] == '"strong"'
    again = edge.ask("/letter/", If_None_Match='"strong"')
    assert (again.status, again.body, application.paths.count("/letter/")) == (304, "", 1)


def test_back_soon_is_said_in_the_language_of_the_address(edge: Nginx, application: Application):
    application.answer = Answer("away", status=503, headers={})
    pages = {language: edge.ask(f"/{language}/letter/").body for language, _name in settings.LANGUAGES}
    pages["en"] = edge.ask("/letter/").body
    for language, page in pages.items():
        direction = "rtl" if get_language_info(language)["bidi"] else "ltr"
        assert page.startswith(f"<!doctype html><html lang={language} dir={direction}>")
    assert len({page.partition("<h1>")[2] for page in pages.values()}) == len(settings.LANGUAGES)
    assert "Back soon" in edge.ask("/friends/").body


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/letter/", "", 503), ("/letter/sign/", "name=" + "a" * 1_100_000, 413), ("/%", "", 400)],
)
def test_what_the_edge_says_itself_is_as_safe_as_a_page(
    edge: Nginx, application: Application, path: str, body: str, status: int
):
    application.answer = Answer("away", status=503, headers={})
    reply = edge.ask(path, "POST" if body else "GET", body)
    assert reply.status == status
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert (reply.headers["x-content-type-options"], reply.headers["referrer-policy"]) == ("nosniff", "same-origin")


@pytest.mark.parametrize("path", ["/letter/", TOKEN_PATHS[0], "/admin/", "/letter/sign/"])
def test_what_gunicorn_says_before_there_is_an_application_is_so_too(edge: Nginx, application: Application, path: str):
    application.answer = Answer("<html>Bad Request</html>", status=400, headers={})
    reply = edge.ask(path)
    assert (reply.status, reply.headers["x-content-type-options"]) == (400, "nosniff")
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")


def test_what_the_application_says_of_its_answers_stands_alone(edge: Nginx, application: Application):
    application.answer = Answer("page", headers={"Cache-Control": PUBLIC, "Content-Security-Policy": "the site's own"})
    for _fresh_and_kept in range(2):
        assert edge.ask("/letter/").headers["content-security-policy"] == "the site's own"
    assert "x-content-type-options" not in edge.ask("/letter/").headers


def test_two_sites_and_two_schemes_do_not_share_a_page(edge: Nginx, application: Application):
    for host, scheme in [("a.example", "https"), ("b.example", "https"), ("a.example", "http")]:
        application.answer = Answer(f"{scheme} {host}")
        assert edge.ask("/letter/", Host=host, X_Forwarded_Proto=scheme).body == f"{scheme} {host}"


# While the application is away


@pytest.mark.drill
def test_the_last_page_stays_while_the_application_is_away(
    start_nginx: Callable[..., Nginx], other_application: Application
):
    other_application.answer = Answer("the letter", headers={"Cache-Control": "s-maxage=1, stale-if-error=3600"})
    with other_application.running():
        edge = start_nginx()
        edge.ask("/letter/")
    time.sleep(2.1)

    assert edge.ask("/letter/").body == "the letter"
    assert _says_back_soon(edge, "/never-read-before/")
    assert _says_back_soon(edge, TOKEN_PATHS[0])
    assert _says_back_soon(edge, "/letter/sign/", "POST", "name=Ada")
    assert TOKEN not in edge.written

    with other_application.running():
        other_application.answer = Answer("the letter, again")
        assert edge.ask("/letter/").body == "the letter, again"


@pytest.mark.drill
def test_the_last_page_stays_while_the_application_only_answers_errors_but_not_past_its_time(
    edge: Nginx, application: Application
):
    application.answer = Answer("the letter", headers={"Cache-Control": "s-maxage=1, stale-if-error=3"})
    pages = {f"/failed-with-{status}/": status for status in (500, 502, 503, 504)}
    for path, status in pages.items():
        edge.ask(path)
        application.answers[path] = Answer("a traceback", status=status, headers={})
    time.sleep(2.1)
    for path in pages:
        reply = edge.ask(path)
        assert (reply.status, reply.body) == (200, "the letter")
    time.sleep(3)
    for path in pages:
        assert _says_back_soon(edge, path)


def test_an_error_on_an_act_is_told_in_the_applications_own_words(edge: Nginx, application: Application):
    application.answer = Answer("not stored: try again", status=503, headers={})
    reply = edge.ask("/letter/sign/", "POST", "name=Ada")
    assert (reply.status, reply.body) == (503, "not stored: try again")


def test_a_page_that_was_taken_away_is_not_shown_again(edge: Nginx, application: Application):
    application.answer = Answer("the letter", headers={"Cache-Control": "s-maxage=1, stale-if-error=3600"})
    pages = {f"/taken-away-by-{status}/": status for status in (403, 404, 410, 429)}
    for path, status in pages.items():
        edge.ask(path)
        application.answers[path] = Answer("gone", status=status, headers={})
    time.sleep(2.1)
    for path, status in pages.items():
        reply = edge.ask(path)
        assert (reply.status, reply.body) == (status, "gone")


@pytest.mark.drill
def test_the_last_page_stays_while_the_application_hangs(
    start_nginx: Callable[..., Nginx], other_application: Application
):
    with other_application.running():
        edge = start_nginx(proxy_read_timeout="1s")
        other_application.answer = Answer("the letter", headers={"Cache-Control": "s-maxage=1, stale-if-error=60"})
        edge.ask("/letter/")
        other_application.answer = Answer("late", delay=3)
        time.sleep(2.1)
        assert edge.ask("/letter/").body == "the letter"


def test_a_new_container_is_found_at_its_new_address(
    start_nginx: Callable[..., Nginx], names: NameServer, other_application: Application
):
    with other_application.running():
        edge = start_nginx()
    names.address = other_application.host = "127.0.0.2"
    other_application.answer = Answer("at the new address")
    with other_application.running():
        edge.wait_until(lambda: edge.ask("/fresh/").body == "at the new address")


def test_of_two_webs_one_that_answers_nothing_is_soon_left_alone_and_nobody_is_turned_away(
    start_nginx: Callable[..., Nginx], names: NameServer, other_application: Application
):
    other = Application(other_application.port, host="127.0.0.2", answer=Answer("signed"))
    names.others = [other.host]
    with other_application.running(), other.running():
        edge = start_nginx(proxy_read_timeout="1s")
        other_application.answer = Answer(delay=2)
        replies = [edge.ask("/letter/sign/", "POST", "name=Ada") for _ in range(20)]
    assert {(reply.status, reply.body) for reply in replies} == {(200, "signed")}
    assert 1 <= sum(reply.seconds >= 1 for reply in replies) <= 4  # the fourth after five seconds


def test_what_an_old_web_no_longer_answered_goes_to_the_new_one(
    start_nginx: Callable[..., Nginx], names: NameServer, other_application: Application
):
    """Requests to the desk are excluded: an action there must not happen twice."""
    new = Application(other_application.port, host="127.0.0.2", answer=Answer("signed"))
    with other_application.running(), new.running():
        edge = start_nginx(fail_timeout="2s")
        other_application.answer = Answer(is_missing=True)
        names.others = [new.host]
        edge.wait_until(lambda: edge.ask("/-/alive").body == edge.ask("/-/alive").body == "signed")
        paths = ["/letter/sign/", "/fr/letter/check-your-inbox/", "/confirm/a.b/", "/signature/a.b/"]
        answers = [edge.ask(path, "POST", "name=Ilse") for path in paths for _ in range(4)]
        time.sleep(3.1)  # until nginx tries the old one again, which it does not use after several failures
        desk = [edge.ask("/admin/signatures/signature/", "POST", "action=hide").status for _ in range(4)]

    assert {(reply.status, reply.body) for reply in answers} == {(200, "signed")}
    assert {body for _method, _path, _headers, body in new.seen if body} == {"name=Ilse", "action=hide"}
    assert sorted(set(desk)) == [200, 503]


# What is accepted and logged


def test_more_than_a_megabyte_is_refused_in_plain_words(edge: Nginx, application: Application):
    reply = edge.ask("/letter/sign/", "POST", "name=" + "a" * 1_100_000)
    assert reply.status == 413
    assert "Too large" in reply.body
    assert "/letter/sign/" not in application.paths


def test_the_desk_takes_a_whole_statement(edge: Nginx, application: Application):
    letter = "text=" + "a" * 2_600_000
    assert edge.ask("/admin/signatures/statement/add/", "POST", letter).status == 200
    assert application.paths[-1] == "/admin/signatures/statement/add/"
    assert len(application.seen[-1][3]) == len(letter)
    assert edge.ask("/admin/", "POST", "text=" + "a" * 3_300_000).status == 413


def test_the_desk_takes_a_file_of_signatures_at_its_own_address_alone(edge: Nginx, application: Application):
    address, file = "/admin/signatures/import/add/", "file=" + "a" * 25_000_000
    assert edge.ask(address, "POST", file).status == 200
    assert len(application.seen[-1][3]) == len(file)
    assert edge.ask(address, "POST", file + "a" * 600_000).status == 413
    assert edge.ask("/admin/signatures/import/1/change/", "POST", file).status == 413


def test_the_log_holds_no_link_that_works_no_search_and_no_address(edge: Nginx, application: Application):
    spellings = [*TOKEN_PATHS, f"/ar/confirm/{TOKEN}/", f"/%63onfirm/{TOKEN}/", f"//confirm//{TOKEN}/"]
    time.sleep(1.2)  # each process writes its log once a second: earlier requests are written now
    before = len(edge.written)
    for path in spellings:
        edge.ask(path, Referer=f"https://{edge.host}/signature/{TOKEN}/", User_Agent="Browser of Ada")
    edge.ask("/letter/signatories/?q=Ada+Lovelace")
    edge.wait_until(lambda: edge.written[before:].count("\n") == len(spellings) + 1)
    log = edge.written[before:]

    assert len([line for line in log.splitlines() if "/..." in line]) == len(spellings)
    assert 'GET "/letter/signatories/" 200' in log
    assert [
        secret for secret in (TOKEN, "secret", "Lovelace", "Browser", "127.0.0.1", edge.host) if secret in log
    ] == []


def test_nginx_masks_the_same_links_as_the_application():
    conf = (DEPLOY / "nginx.conf").read_text()
    assert conf.count(f"{PURPOSES})/") == 2  # in the log, and among the private pages


# Through both servers


def test_a_visitor_is_known_by_the_address_that_caddy_saw_whatever_they_claim(
    edge: Nginx, start_caddy: Callable[..., Caddy], application: Application
):
    caddy = start_caddy(edge)
    caddy.ask("/letter/", X_Forwarded_For="6.6.6.6, 7.7.7.7", X_Forwarded_Proto="http", Forwarded="for=6.6.6.6")
    _method, _path, headers, _body = application.seen[-1]

    assert headers["x-forwarded-for"] == f"{VISITOR}, 127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == f"localhost:{caddy.port}"
    assert "forwarded" not in headers

    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=headers["x-forwarded-for"], REMOTE_ADDR="172.18.0.4")
    with override_settings(TRUSTED_PROXIES=2):
        assert client_network(request) == VISITOR


def test_behind_a_cdn_a_visitor_is_known_by_the_address_that_the_cdn_saw(
    edge: Nginx, start_caddy: Callable[..., Caddy], application: Application
):
    """The CDN adds that address after the one that the visitor claimed."""
    caddy = start_caddy(edge, cdn=f"192.0.2.0/24 {VISITOR}/32")
    caddy.ask("/letter/", X_Forwarded_For="6.6.6.6, 203.0.113.9", X_Forwarded_Proto="https")
    _method, _path, headers, _body = application.seen[-1]

    assert headers["x-forwarded-for"] == f"6.6.6.6, 203.0.113.9, {VISITOR}, 127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=headers["x-forwarded-for"], REMOTE_ADDR="172.18.0.4")
    with override_settings(TRUSTED_PROXIES=3):
        assert client_network(request) == "203.0.113.9"


def test_caddy_moves_http_to_https_and_writes_no_link_down(
    start_nginx: Callable[..., Nginx], start_caddy: Callable[..., Caddy], other_application: Application
):
    with other_application.running():
        edge = start_nginx()
        caddy = start_caddy(edge)
        moved = caddy.ask_plainly("/letter/")
        assert (moved.status, moved.headers["location"]) == (308, "https://localhost/letter/")

        other_application.answer = Answer("hello", headers={"Cache-Control": "no-store"})
        assert caddy.ask(TOKEN_PATHS[0]).body == "hello"
        other_application.answer.is_cut_short = True
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            caddy.ask(TOKEN_PATHS[0])

    edge.stop()
    away = caddy.ask(TOKEN_PATHS[0])
    assert (away.status, "Back soon" in away.body) == (502, True)
    assert TOKEN not in caddy.written + edge.written


def _says_back_soon(edge: Nginx, path: str, method: str = "GET", body: str | None = None) -> bool:
    reply = edge.ask(path, method, body)
    return (
        reply.status == 503
        and "Back soon" in reply.body
        and reply.headers["retry-after"] == "30"
        and reply.headers["cache-control"] == "no-store"
    )

"""A page is rendered once for all requests within a second, and sent in the encoding that each visitor accepts."""

import gzip
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import brotli
import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory

from signatures.web.page_cache import MAX_PAGES, PageCache, accepted_encoding, cached_page, page_cache
from tests.people import make_signature, make_statement

LONG = "Work made by people is not raw material. " * 40
PAGES = [
    "/", "/letter/", "/fr/letter/", "/letter/signatories/", "/letter/signatories/music/?kind=person",
    "/letter/count.json", "/letter/numbers/", "/letter/corrections/", "/letter/feed/", "/embed/letter/",
    "/api/v1/statements/letter/", "/api/v1/statements/letter/signatories/?sector=music",
]  # fmt: skip


@pytest.fixture(autouse=True)
def one_second(settings):
    settings.PAGE_CACHE_SECONDS = 1.0
    settings.ALLOWED_HOSTS = ["testserver"]
    page_cache.clear()


@pytest.fixture
def renderings() -> Counter[str]:
    return Counter()


@pytest.fixture
def view(renderings):
    @cached_page
    def view(request):
        renderings[request.path] += 1
        time.sleep(0.05)
        if request.path == "/missing/":
            raise Http404
        return HttpResponse(f"{LONG} {renderings[request.path]}", status=404 if request.path == "/gone/" else 200)

    return view


def ask(view, path="/letter/", **headers):
    return view(RequestFactory().get(path, headers=headers))


def test_a_crowd_costs_one_rendering(view, renderings):
    barrier = Barrier(20)

    def come(_):
        barrier.wait()
        return ask(view).content

    with ThreadPoolExecutor(20) as crowd:
        assert len(set(crowd.map(come, range(20)))) == 1
    assert renderings == {"/letter/": 1}


def test_a_second_later_it_is_rendered_anew(view, renderings, settings):
    settings.PAGE_CACHE_SECONDS = 0.1
    first = ask(view).content
    time.sleep(0.11)
    assert ask(view).content != first
    assert renderings == {"/letter/": 2}


def test_a_page_is_known_by_the_whole_of_its_address(view, renderings):
    for path in ("/letter/", "/letter/?after=x", "/fr/letter/"):
        ask(view, path)
    view(RequestFactory().get("/letter/", secure=True))
    assert renderings.total() == 4


def test_a_search_belongs_to_who_searches(view, renderings):
    for _ in range(2):
        ask(view, "/letter/?q=ilse")
    assert renderings == {"/letter/": 2}


def test_what_is_no_page_is_not_kept(view, renderings):
    for _ in range(2):
        assert ask(view, "/gone/").status_code == 404
        with pytest.raises(Http404):
            ask(view, "/missing/")
        view(RequestFactory().post("/letter/"))
    assert set(renderings.values()) == {2}


def test_no_more_are_kept_than_there_is_room_for():
    cache = PageCache()
    for number in range(MAX_PAGES + 50):
        cache.answer(str(number), "", lambda: HttpResponse("page"))
    assert (len(cache.pages), cache.get("0"), cache.get(str(MAX_PAGES + 49)) is None) == (MAX_PAGES, None, False)


def test_each_encoding_is_packed_once_and_has_a_strong_etag_of_its_own(view, renderings):
    plain, zipped, packed = (ask(view, Accept_Encoding=taken) for taken in ("", "gzip, deflate", "gzip, deflate, br"))

    assert gzip.decompress(zipped.content) == brotli.decompress(packed.content) == plain.content
    assert len(packed.content) < len(zipped.content) < len(plain.content)
    assert {plain["Vary"], zipped["Vary"], packed["Vary"]} == {"Accept-Encoding"}
    etags = [plain["ETag"], zipped["ETag"], packed["ETag"]]
    assert len(set(etags)) == 3
    assert not [etag for etag in etags if etag.startswith("W/")]
    assert renderings == {"/letter/": 1}


@pytest.mark.parametrize(
    ("taken", "best"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, br", "br"), ("BR;q=1.0, gzip", "br"), ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.000, gzip;q=0", ""), ("br; q=0.1", "br"), ("identity", ""), ("*", ""), ("zstd, deflate", ""),
    ],
)  # fmt: skip
def test_the_best_that_the_visitor_takes(taken, best):
    assert accepted_encoding(RequestFactory().get("/", headers={"Accept-Encoding": taken})) == best


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
class TestTheSite:
    @pytest.fixture(autouse=True)
    def statement(self):
        statement = make_statement(is_featured=True)
        make_signature(statement, name="Ilse Varga", notable=True)
        return statement

    def test_asked_again_with_its_etag_it_answers_304(self, address):
        for taken in ("", "gzip", "br"):
            first = Client().get(address, headers={"Accept-Encoding": taken})
            again = Client().get(address, headers={"Accept-Encoding": taken, "If-None-Match": first["ETag"]})
            assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
            assert (again["Cache-Control"], again["ETag"]) == (first["Cache-Control"], first["ETag"])

    def test_the_second_visitor_costs_the_database_nothing(self, address, django_assert_num_queries):
        first = Client().get(address)
        with django_assert_num_queries(0):
            second = Client().get(address)
        assert (second.content, dict(second.headers)) == (first.content, dict(first.headers))

    def test_what_changed_shows_a_second_later(self, address, statement, settings):
        settings.PAGE_CACHE_SECONDS = 0.001
        before = Client().get(address)
        statement.signatures.update(name="Wren Holt", kind="organisation")
        statement.translations.update(title="Another title")
        time.sleep(0.001)
        assert Client().get(address)["ETag"] != before["ETag"]


@pytest.mark.django_db
def test_a_page_that_is_never_kept_has_its_etag_too():
    make_statement()
    first = Client().get("/letter/signatories/?q=ilse")
    assert Client().get("/letter/signatories/?q=ilse", headers={"If-None-Match": first["ETag"]}).status_code == 304

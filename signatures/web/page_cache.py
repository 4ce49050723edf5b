"""Caches pages in this process for a second: all visitors in that time share one rendering. The middleware sends the
complete response again, with its headers, before any other code sees the request.

The edge cache keeps pages as long again. This cache helps if there is no edge, if the edge has just started, and if a
page is sent in several encodings. No cached page contains data of one visitor, so compressing it leaks nothing.
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from threading import Lock

import brotli
from cachetools import TLRUCache
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from signatures.web.view_types import View

MAX_PAGES = 200  # pages of one process
CACHE_KEY_FIELDS = "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"
"""Everything in a request that a cached page depends on, except the encoding."""
LOCKS = 256  # locks: many more than threads, so that two pages rarely need the same one
MIN_BYTES_TO_COMPRESS = 512
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class CachedPage:
    """A cached response. Each encoding has an ETag of its own, as a strong ETag must."""

    def __init__(self, response: HttpResponse, until: float):
        self.headers, self.body, self.until = dict(response.headers), response.content, until
        self.digest = hashlib.sha256(self.body).hexdigest()[:24]
        self.packed = {"": self.body}
        self.sent: dict[str, tuple[bytes, dict[str, str]]] = {}
        """The final body and headers per encoding, including the headers from all middleware."""

    def response(self, coding: str) -> HttpResponse:
        if len(self.body) < MIN_BYTES_TO_COMPRESS:
            coding = ""
        if coding not in self.packed:
            self.packed[coding] = COMPRESSORS[coding](self.body)
        response = HttpResponse(self.packed[coding], headers=self.headers)
        response["ETag"] = f'"{self.digest}{coding and "-"}{coding}"'
        if coding:
            response["Content-Encoding"] = coding
        patch_vary_headers(response, ["Accept-Encoding"])
        response.cached_page = self  # type: ignore[attr-defined]
        return response


class PageCache:
    """Holds the pages of one process. Requests that arrive while a page is being rendered wait for it.

    Nothing is invalidated: a page expires a second after rendering, and may be outdated until then.
    """

    def __init__(self) -> None:
        self.pages = TLRUCache[Hashable, CachedPage](MAX_PAGES, lambda _name, page, _now: page.until, time.monotonic)
        self.access, self.rendering = Lock(), [Lock() for _ in range(LOCKS)]

    def get(self, name: Hashable) -> CachedPage | None:
        with self.access:
            return self.pages.get(name)

    def answer(self, name: Hashable, coding: str, render: Callable[[], HttpResponse]) -> HttpResponse:
        with self.rendering[hash(name) % LOCKS]:
            page = self.get(name)
            if page is None:
                until = time.monotonic() + settings.PAGE_CACHE_SECONDS
                response = render()
                if response.status_code != 200:
                    return response
                page = CachedPage(response, until)
                with self.access:
                    self.pages[name] = page
            return page.response(coding)

    def clear(self) -> None:
        with self.access:
            self.pages.clear()


page_cache = PageCache()


def cached_page(view: View) -> View:
    """Caches pages that are the same for everybody. Searches are not cached."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or "q" in request.GET or not settings.PAGE_CACHE_SECONDS:
            return view(request, *args, **kwargs)
        return page_cache.answer(_name(request), accepted_encoding(request), lambda: view(request, *args, **kwargs))

    return wrapped


def send_cached(get_response: View) -> View:
    """The first middleware: sends a cached page again. A view removes `cached_page` from a response that must not be
    sent again, because each request counts against a limit."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or "HTTP_IF_NONE_MATCH" in request.META:
            return get_response(request)
        encoding = accepted_encoding(request)
        page = page_cache.get(_name(request))
        if page and (sent := page.sent.get(encoding)):
            return HttpResponse(sent[0], headers=sent[1])
        response = get_response(request)
        page = getattr(response, "cached_page", None)
        if page and response.status_code == 200 and not response.cookies:
            page.sent[encoding] = response.content, dict(response.headers)
        return response

    return middleware


def _name(request: HttpRequest) -> Hashable:
    return tuple(map(request.META.get, CACHE_KEY_FIELDS))


def accepted_encoding(request: HttpRequest) -> str:
    """Returns the best encoding that the visitor accepts; empty for none."""
    return _best_coding(request.META.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=100)
def _best_coding(accepted: str) -> str:
    acceptable = {}
    for item in accepted.lower().split(","):
        name, _, weight = item.replace(" ", "").partition(";q=")
        acceptable[name] = not weight or weight.strip("0.") != ""
    return next((name for name in COMPRESSORS if acceptable.get(name)), "")

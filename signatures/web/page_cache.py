"""Pages that this process has rendered within the last second: one rendering for everybody who asks meanwhile, and the
answer given out again whole, headers and all, before anything else looks at the request.

The edge keeps them as long again. What is kept here serves where there is no edge, where it is new, and where a page
comes in several encodings; none of these pages holds anything of one visitor, so to compress it gives nothing away.
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

MOST = 200  # pages of one process
CACHE_KEY_FIELDS = "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"
"""All of a request that such a page depends on, but for the encoding."""
LOCKS = 256  # many more than a process has threads, so that hardly two pages share one
MIN_BYTES_TO_COMPRESS = 512  # bytes
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class CachedPage:
    """An answer to copy from. Its ETag tells the bytes of one encoding, as a strong one must."""

    def __init__(self, response: HttpResponse, until: float):
        self.headers, self.body, self.until = dict(response.headers), response.content, until
        self.digest = hashlib.sha256(self.body).hexdigest()[:24]
        self.packed = {"": self.body}
        self.sent: dict[str, tuple[bytes, dict[str, str]]] = {}
        """By encoding, the whole answer as it left, with what all middleware has put into its headers."""

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
    """The only cache of pages in a process. Whoever comes while a page is rendered waits for it.

    Nothing is invalidated: a page expires a moment after it was rendered, and until then may show what has changed.
    """

    def __init__(self) -> None:
        self.pages = TLRUCache[Hashable, CachedPage](MOST, lambda _name, page, _now: page.until, time.monotonic)
        self.access, self.rendering = Lock(), [Lock() for _ in range(LOCKS)]

    def get(self, name: Hashable) -> CachedPage | None:
        with self.access:
            return self.pages.get(name)

    def answer(self, name: Hashable, coding: str, render: Callable[[], HttpResponse]) -> HttpResponse:
        with self.rendering[hash(name) % LOCKS]:
            page = self.get(name)
            if page is None:
                until = time.monotonic() + settings.PAGES_KEPT_FOR
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


def kept(view: View) -> View:
    """For pages that are everybody's; a search is one visitor's and rendered for them."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or "q" in request.GET or not settings.PAGES_KEPT_FOR:
            return view(request, *args, **kwargs)
        return page_cache.answer(_name(request), coding(request), lambda: view(request, *args, **kwargs))

    return wrapped


def send_cached(get_response: View) -> View:
    """Middleware, the first of all: a page that left before is sent again whole. A view takes `cached_page` off an
    answer that must not be: where each request counts against a limit."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or "HTTP_IF_NONE_MATCH" in request.META:
            return get_response(request)
        taken = coding(request)
        page = page_cache.get(_name(request))
        if page and (sent := page.sent.get(taken)):
            return HttpResponse(sent[0], headers=sent[1])
        response = get_response(request)
        page = getattr(response, "cached_page", None)
        if page and response.status_code == 200 and not response.cookies:
            page.sent[taken] = response.content, dict(response.headers)
        return response

    return middleware


def _name(request: HttpRequest) -> Hashable:
    return tuple(map(request.META.get, CACHE_KEY_FIELDS))


def coding(request: HttpRequest) -> str:
    """The best of our encodings that the visitor takes; empty for none."""
    return _best_coding(request.META.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=100)
def _best_coding(accepted: str) -> str:
    taken = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        taken[name] = not weight or weight.strip("0.") != ""
    return next((name for name in COMPRESSORS if taken.get(name)), "")

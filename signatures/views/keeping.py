"""Pages that this process has rendered within the last second: one rendering for everybody who asks meanwhile, and the
answer given out again whole, headers and all, before anything else looks at the request.

The edge keeps them as long again. What is kept here serves where there is no edge, where it is new, and where a page
comes in several encodings; none of these pages holds anything of one visitor, so to compress it gives nothing away.
"""

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from signatures.lately import Lately
from signatures.view_types import View

MOST = 200  # pages of one process
MOST_ANSWERS = 500
ASKED = (
    *("wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"),
    "HTTP_ACCEPT_ENCODING",
)
"""All of a request that such an answer depends on. Whoever asks for what they have already is answered by others."""
LOCKS = 256  # many more than a process has threads, so that hardly two pages share one
WORTH_PACKING = 512  # bytes
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class Page:
    """An answer to copy from. Its ETag tells the bytes of one encoding, as a strong one must."""

    def __init__(self, response: HttpResponse, until: float):
        self.headers, self.body, self.until = dict(response.headers), response.content, until
        self.digest = hashlib.sha256(self.body).hexdigest()[:24]
        self.packed = {"": self.body}

    def response(self, coding: str) -> HttpResponse:
        if len(self.body) < WORTH_PACKING:
            coding = ""
        if coding not in self.packed:
            self.packed[coding] = PACKERS[coding](self.body)
        response = HttpResponse(self.packed[coding], headers=self.headers)
        response["ETag"] = f'"{self.digest}{coding and "-"}{coding}"'
        if coding:
            response["Content-Encoding"] = coding
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


class Shelf:
    """Whoever comes while a page is rendered waits for it."""

    def __init__(self) -> None:
        self.pages = Lately[Page](MOST)
        self.locks = [Lock() for _ in range(LOCKS)]

    def answer(self, name: str, coding: str, render: Callable[[], HttpResponse]) -> HttpResponse:
        with self.locks[hash(name) % LOCKS]:
            page = self.pages.get(name)
            if page is None:
                until = time.monotonic() + settings.PAGES_KEPT_FOR
                response = render()
                if response.status_code != 200:
                    return response
                page = self.pages.keep(name, Page(response, until), until=until)
            answer = page.response(coding)
            answer.shown_until = page.until  # type: ignore[attr-defined]
            return answer


shelf = Shelf()


def kept(view: View) -> View:
    """For pages that are everybody's; a search is one visitor's and rendered for them."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or "q" in request.GET or not settings.PAGES_KEPT_FOR:
            return view(request, *args, **kwargs)
        name = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
        return shelf.answer(name, coding(request), lambda: view(request, *args, **kwargs))

    return wrapped


def coding(request: HttpRequest) -> str:
    """The best of our encodings that the visitor takes; empty for none."""
    taken = {}
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        taken[name] = not weight or weight.strip("0.") != ""
    return next((name for name in PACKERS if taken.get(name)), "")


@dataclass(frozen=True)
class Answer:
    headers: dict[str, str]
    body: bytes


def shown_lately(get_response: View) -> View:
    """Middleware, the first of all. What is kept above says until when: `shown_until`, of time.monotonic."""
    answers = Lately[Answer](MOST_ANSWERS)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or "HTTP_IF_NONE_MATCH" in request.META:
            return get_response(request)
        name = tuple(map(request.META.get, ASKED))
        if found := answers.get(name):
            return HttpResponse(found.body, headers=found.headers)
        response = get_response(request)
        until = getattr(response, "shown_until", 0)
        if until and response.status_code == 200 and not response.cookies:
            answers.keep(name, Answer(dict(response.headers), response.content), until=until)
        return response

    return middleware

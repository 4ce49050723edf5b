"""Pages that this process has rendered within the last second: one rendering for everybody who asks meanwhile.

The edge keeps them as long again. What is kept here serves where there is no edge, where it is new, and where a page
comes in several encodings; none of these pages holds anything of one visitor, so to compress it gives nothing away.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

View = Callable[..., HttpResponse]

MOST = 200  # pages of one process; those that were asked for longest ago go
WORTH_PACKING = 512  # bytes
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class Page:
    """An answer to copy from. Its ETag tells the bytes of one encoding, as a strong one must."""

    def __init__(self, response: HttpResponse, read_at: float):
        self.headers, self.body, self.read_at = dict(response.headers), response.content, read_at
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


class Place:
    """Where one page lies. Whoever comes while it is rendered waits for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.page: Page | None = None


class Shelf:
    def __init__(self) -> None:
        self.lock = Lock()
        self.places: OrderedDict[str, Place] = OrderedDict()

    def answer(self, name: str, coding: str, render: Callable[[], HttpResponse]) -> HttpResponse:
        place = self._place(name)
        with place.lock:
            now = time.monotonic()
            if place.page is None or now - place.page.read_at >= settings.PAGES_KEPT_FOR:
                response = render()
                if response.status_code != 200:
                    return response
                place.page = Page(response, now)
            answer = place.page.response(coding)
            answer.shown_until = place.page.read_at + settings.PAGES_KEPT_FOR  # type: ignore[attr-defined]
            return answer

    def _place(self, name: str) -> Place:
        with self.lock:
            place = self.places.setdefault(name, Place())
            self.places.move_to_end(name)
            while len(self.places) > MOST:
                self.places.popitem(last=False)
            return place


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

"""A page that this process keeps, given out again whole, headers and all, before anything else looks at the request."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]
Name = tuple[str | None, ...]

ASKED = (
    *("wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"),
    "HTTP_ACCEPT_ENCODING",
)
"""All of a request that such an answer depends on. Whoever asks for what they have already is answered by others."""
MOST = 500


@dataclass(frozen=True)
class Shown:
    headers: dict[str, str]
    body: bytes
    until: float


def shown_lately(get_response: Handler) -> Handler:
    """What views/keeping.py keeps says until when: `shown_until`, of time.monotonic."""
    shown: dict[Name, Shown] = {}

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or "HTTP_IF_NONE_MATCH" in request.META:
            return get_response(request)
        name = tuple(map(request.META.get, ASKED))
        found = shown.get(name)
        if found and time.monotonic() < found.until:
            return HttpResponse(found.body, headers=found.headers)
        response = get_response(request)
        until = getattr(response, "shown_until", 0)
        if until and response.status_code == 200 and not response.cookies:
            if len(shown) >= MOST:
                shown.clear()
            shown[name] = Shown(dict(response.headers), response.content, until)
        return response

    return middleware

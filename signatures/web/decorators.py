"""What stands before a public view. None of it needs a cookie or a token in the page, so that any cache may keep it."""

from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from signatures.web import errors
from signatures.web.rate_limits import RateLimitExceeded, check, of_network
from signatures.web.view_types import View

MAX_FORM_BYTES = 256 * 1024
"""Bytes of what the public posts. The desk takes more: a letter is long."""

PUBLIC_CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=2, stale-if-error=3600"


def public_page(view: View) -> View:
    """Any cache may keep an answer to GET for a second, and show it for an hour while we are away. Who has it already
    asks with its ETag, and gets 304."""

    @conditional_page
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method in ("GET", "HEAD") and response.status_code in (200, 301, 302, 303):
            response.headers.setdefault("Cache-Control", PUBLIC_CACHE_CONTROL)
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def private_page(view: View) -> View:
    """A page behind a mailed link: no cache keeps it, no search engine lists it."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def require_methods(*allowed: str) -> Callable[[View], View]:
    """Any other method gets a page that says so. HEAD goes wherever GET goes."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method in allowed or (request.method == "HEAD" and "GET" in allowed):
                return view(request, *args, **kwargs)
            response = errors.answer(request, 405)
            response["Allow"] = ", ".join(allowed)
            return response

        return wrapped

    return decorator


def public_data(view: View) -> View:
    """Read-only data: kept by caches like a page, asked for again by its ETag, and read by scripts of any site.

    Takes no POST, and so needs no token: Django's check of one would call a wrong method a forged form.
    """
    guarded = public_page(require_methods("GET", "OPTIONS")(view))

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = _preflight() if request.method == "OPTIONS" else guarded(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def allow_framing(view: View) -> View:
    """The one kind of page that other sites may put into theirs."""
    framed = cast(View, xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(view)))

    @wraps(framed)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = framed(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return wrapped


def _preflight() -> HttpResponse:
    """What a browser asks before a script of another site may send a header of its own choice."""
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",
        "Cache-Control": "no-store",
    }
    return HttpResponse(status=204, headers=headers)


def same_origin(view: View) -> View:
    """Takes a POST only from this site's own pages, or from what is no browser.

    `Sec-Fetch-Site` decides, else `Origin`, else `Referer`; `Origin: null` is a stranger. A request with none of them
    is not a browser's and rides on nobody's behalf. Stands in for Django's token, which no cached page can carry. What
    is longer than any form of ours is not read at all.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST" and not _is_same_origin(request):
            return errors.page(403)
        if _content_length(request) > MAX_FORM_BYTES:
            return errors.page(413)
        request.is_from_here = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return wrapped


class SiteReadOnly(Exception):
    """The organisers let nobody change anything for now."""


def is_post(request: HttpRequest) -> bool:
    return request.method == "POST"


def searches(request: HttpRequest) -> bool:
    return "q" in request.GET


def always(request: HttpRequest) -> bool:
    return True


def limited(group: str, rate: tuple[int, int], when: Callable[[HttpRequest], bool] = is_post) -> Callable[[View], View]:
    """Answers 429 to a network that asks faster than `rate`, and wherever the view itself finds a limit passed; 409
    where it finds that nothing may be changed."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not when(request):
                return view(request, *args, **kwargs)
            check(of_network(request, group, rate))
            response = view(request, *args, **kwargs)
            response.cached_page = None  # type: ignore[attr-defined]  # the next one counts as well
            return response

        return handles_rate_limits(wrapped)

    return decorator


def handles_rate_limits(view: View) -> View:
    """Answers 429 where the view finds a limit passed. It counts all that it has to in one go."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SiteReadOnly:
            return errors.page(409)
        except RateLimitExceeded as passed:
            response = errors.answer(request, 429)
            response["Retry-After"] = str(passed.seconds)
            return response

    return wrapped


def _content_length(request: HttpRequest) -> int:
    """As announced. Where it is not, or not as a number, nothing of the body is read."""
    announced = request.META.get("CONTENT_LENGTH", "")
    return int(announced) if announced.isdecimal() else 0


def _is_same_origin(request: HttpRequest) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    if origin := request.headers.get("Origin"):
        return _is_own_url(request, origin)
    if referer := request.headers.get("Referer"):
        return _is_own_url(request, referer)
    return True


def _is_own_url(request: HttpRequest, address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin in (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)

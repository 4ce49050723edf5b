"""Decorators for public views. None needs a cookie or a token in the page, so any cache may keep the page."""

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
"""The limit for public forms, in bytes. Admin accepts more, because a letter can be long."""

PUBLIC_CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=2, stale-if-error=3600"


def public_page(view: View) -> View:
    """Lets any cache keep an answer to GET for a second, and show it for an hour while the site is down. A client that
    has the page already sends its ETag and gets 304."""

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
    """Marks a page behind a mailed link: no cache keeps it, no search engine lists it."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def require_methods(*allowed: str) -> Callable[[View], View]:
    """Answers 405 to any other method. HEAD is allowed wherever GET is."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method in allowed or (request.method == "HEAD" and "GET" in allowed):
                return view(request, *args, **kwargs)
            response = errors.error_response(request, 405)
            response["Allow"] = ", ".join(allowed)
            return response

        return wrapped

    return decorator


def public_data(view: View) -> View:
    """Serves read-only data: caches keep it like a page, clients revalidate it with its ETag, scripts of any site may
    read it.

    It takes no POST and so needs no CSRF token: Django's check would report a wrong method as a forged form.
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
    """Allows other sites to show this page in a frame."""
    framed = cast(View, xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(view)))

    @wraps(framed)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = framed(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return wrapped


def _preflight() -> HttpResponse:
    """Answers the CORS preflight request of a browser."""
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",
        "Cache-Control": "no-store",
    }
    return HttpResponse(status=204, headers=headers)


def same_origin(view: View) -> View:
    """Accepts a POST only from this site's own pages, or from a client that is not a browser.

    `Sec-Fetch-Site` decides, else `Origin`, else `Referer`; `Origin: null` is refused. A request without any of them
    does not come from a browser, so nobody's session can be misused. This replaces Django's CSRF token, which a cached
    page cannot contain. A body that is longer than MAX_FORM_BYTES is not read at all.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST" and not _is_same_origin(request):
            return errors.error_page(403)
        if _content_length(request) > MAX_FORM_BYTES:
            return errors.error_page(413)
        request.is_same_origin = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return wrapped


class SiteReadOnly(Exception):
    """Raised while the organisers have stopped all changes."""


def is_post(request: HttpRequest) -> bool:
    return request.method == "POST"


def is_search(request: HttpRequest) -> bool:
    return "q" in request.GET


def always(request: HttpRequest) -> bool:
    return True


def rate_limited(
    group: str, rate: tuple[int, int], when: Callable[[HttpRequest], bool] = is_post
) -> Callable[[View], View]:
    """Answers 429 to a network that exceeds `rate`, and if the view raises RateLimitExceeded; 409 if the view raises
    SiteReadOnly."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not when(request):
                return view(request, *args, **kwargs)
            check(of_network(request, group, rate))
            response = view(request, *args, **kwargs)
            response.cached_page = None  # type: ignore[attr-defined]  # the next request must be counted too
            return response

        return handles_rate_limits(wrapped)

    return decorator


def handles_rate_limits(view: View) -> View:
    """Answers 429 if the view raises RateLimitExceeded. Such a view counts all its limits in one round trip."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SiteReadOnly:
            return errors.error_page(409)
        except RateLimitExceeded as error:
            response = errors.error_response(request, 429)
            response["Retry-After"] = str(error.seconds)
            return response

    return wrapped


def _content_length(request: HttpRequest) -> int:
    """Returns the announced length. Without a valid one, Django reads no body."""
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

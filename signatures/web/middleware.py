import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from signatures.web import event_counters

Handler = Callable[[HttpRequest], HttpResponse]

DENIED_FEATURES = [
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
]
DENIED_FEATURES += ["midi", "payment", "usb"]
EMBEDDABLE_FILES = re.compile(rf"{settings.STATIC_URL}js/embed(\.\w+)?\.js")
REASONS = {
    400: "unreadable",
    403: "another site",
    409: "paused",
    410: "closed",
    413: "too long",
    422: "mistakes",
    429: "too many",
}


def security_headers(get_response: Handler) -> Handler:
    """Adds headers that Django does not send: disabled browser features, and which sites may load a response."""
    permissions = ", ".join(f"{feature}=()" for feature in DENIED_FEATURES)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", permissions)
        policy = "cross-origin" if EMBEDDABLE_FILES.fullmatch(request.path_info) else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", policy)
        return response

    return middleware


def count_refusals(get_response: Handler) -> Handler:
    """Counts refused forms of visitors, for monitoring."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_of_a_visitor = request.method == "POST" and not request.path_info.startswith(("/admin/", "/-/"))
        if is_of_a_visitor and response.status_code in REASONS:
            event_counters.increment_counter(event_counters.REFUSED, REASONS[response.status_code])
        return response

    return middleware


def language_from_path(get_response: Handler) -> Handler:
    """Takes the language from the path alone. Django's LocaleMiddleware would vary every page by Accept-Language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info)
        if request.path_info.startswith("/admin/"):
            language = translation.get_language_from_request(request)
        with translation.override(language or settings.LANGUAGE_CODE):
            return get_response(request)

    return middleware

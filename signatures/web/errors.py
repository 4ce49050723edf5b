"""Renders error pages. They read nothing from the database, because it may be what failed."""

import logging
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_from_path
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

HEADINGS = {
    400: _("We could not read that"),
    403: _("That came from another site"),
    404: _("There is no such page"),
    405: _("That page cannot be used this way"),
    409: _("Nothing can be changed for now"),
    410: _("This is no longer open"),
    413: _("That is too much at once"),
    429: _("Too many at once"),
    500: _("Something failed on our side"),
    503: _("Back in a moment"),
}
MESSAGES = {
    400: _("What your browser sent was incomplete or damaged. Go back, reload the page and try again."),
    403: _("For your safety we only take forms that were sent from this site. Open the page here and try again."),
    404: _("The address may be mistyped, or the link in your mail may have been cut in two. Copy all of it."),
    405: _("Go back to the statement and use its form."),
    409: _("The organisers have stopped all changes for a while. Come back later: the link in your mail stays good."),
    410: _("Thank you for coming. Nothing was stored."),
    413: _("What was sent is far longer than the form allows. Go back and shorten it."),
    429: _("Many people share your network, or something on it sends very fast. Wait a minute and try again."),
    500: _("What you sent may not have been stored. Please try again in a minute."),
    503: _("The site is very busy, or is just being mended. Please try again in half a minute."),
}
SEND_AGAIN_MESSAGE = _(
    "The site is very busy, or is just being mended, and could not store what you sent. This page has kept it: wait"
    " half a minute, then send it again."
)
API_MESSAGES = {
    400: _("The request was incomplete or damaged."),
    403: _("This may only be asked from this site."),
    404: _("There is nothing at this address."),
    405: _("This address takes GET alone."),
    413: _("That is too much at once."),
    422: _("Something that was asked for makes no sense here: see `errors`."),
    429: _("Too many requests from your network. `Retry-After` says in how many seconds there is room again."),
    500: _("Something failed on our side. Please try again in a minute."),
    503: _("The site is very busy, or is just being mended. `Retry-After` says in how many seconds to try again."),
}
RETRY_AFTER = 30  # seconds
FormFields = list[tuple[str, str]]


def error_page(
    status: int, *, message: str | None = None, address: str = "", submitted: FormFields | None = None
) -> HttpResponse:
    """Renders the error page. With `submitted`, the fields of a form sent to `address`, the page can send them
    again."""
    content = status, str(message or MESSAGES[status]), settings.SITE_NAME
    body = _rendered_page(*content, address, submitted) if submitted else _cached_page(get_language() or "", *content)
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=256)
def _cached_page(language: str, status: int, message: str, site_name: str) -> str:
    """Caches the page per language: a flood of requests gets mostly error pages."""
    return _rendered_page(status, message, site_name)


def _rendered_page(
    status: int, message: str, site_name: str, address: str = "", submitted: FormFields | None = None
) -> str:
    context = {"site_name": site_name, "status": status, "heading": HEADINGS[status], "message": message}
    return render_to_string("web/error.html", {**context, "address": address, "submitted": submitted})


def problem_json(status: int, *, errors: Mapping[str, Any] | None = None) -> HttpResponse:
    """Returns an error in JSON, as defined in RFC 9457. `errors` lists the messages for each parameter."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "detail": str(API_MESSAGES[status]),
    }
    if errors:
        body["errors"] = {name: list(messages) for name, messages in errors.items()}
    response = JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def error_response(request: HttpRequest, status: int) -> HttpResponse:
    """Returns a page, or JSON below /api/."""
    language = get_language_from_path(request.path_info)
    is_api = request.path_info.removeprefix(f"/{language}").startswith("/api/")
    return problem_json(status) if is_api else error_page(status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Logs the account for pages of admin. Refused requests of visitors are counted instead (web/middleware.py)."""
    if request.path_info.startswith("/admin/") and request.resolver_match:
        logger.warning("account %s was refused %s", request.user.pk, request.resolver_match.view_name)
    return error_response(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while the exception is still being handled."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    return error_response(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answers 503: the database is unavailable, or a lock or a query took longer than the timeout."""
    response = (
        _page_with_fields(request, submitted)
        if (submitted := _submitted_fields(request))
        else error_response(request, 503)
    )
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _page_with_fields(request: HttpRequest, submitted: FormFields) -> HttpResponse:
    return error_page(503, message=str(SEND_AGAIN_MESSAGE), address=request.path, submitted=submitted)


def _submitted_fields(request: HttpRequest) -> FormFields:
    """Returns the fields of a visitor's form, only if it came from one of the site's own pages (web/decorators.py)."""
    if request.method != "POST" or not getattr(request, "is_same_origin", False):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers a failed CSRF check. Only forms of admin have a token."""
    return error_page(403, message=str(_("Your form was open for too long. Go back, reload the page and try again.")))

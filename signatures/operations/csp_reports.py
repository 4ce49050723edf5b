"""What browsers report of our Content-Security-Policy: that something on a page was refused, and never who read it."""

import json
import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from signatures.web import errors
from signatures.web.limits import CSP_REPORT_RATE
from signatures.web.rate_limits import of_network, seconds_to_wait

logger = logging.getLogger(__name__)

MAX_BYTES = 16 * 1024  # bytes; browsers send one or two thousand
MAX_REPORTS = 20
WORD = re.compile(r"[a-z-]{1,40}")


@csrf_exempt
def csp(request: HttpRequest) -> HttpResponse:
    """Takes a report as browsers of either way send it. It answers everybody alike: 204, or why it did not look."""
    if request.method != "POST":
        return _error_response(405, Allow="POST")
    announced = request.META.get("CONTENT_LENGTH", "")
    if announced.isdecimal() and int(announced) > MAX_BYTES:
        return _error_response(413)
    if seconds := seconds_to_wait(of_network(request, "reports", CSP_REPORT_RATE)):
        return _error_response(429, **{"Retry-After": str(seconds)})
    try:
        told = _refusals(json.loads(request.body))
    except (ValueError, RecursionError):
        return _error_response(400)
    for each in told[:MAX_REPORTS]:
        logger.warning("CSP: %s refused %s on %s", *each)
    return HttpResponse(status=204)


def _refusals(sent: Any) -> list[tuple[str, str, str]]:
    """Which rule, what it refused, on which kind of page. An address may hold a link that works: none is kept whole."""
    reports = sent if isinstance(sent, list) else [sent]
    bodies = [report.get("body", report.get("csp-report")) for report in reports if isinstance(report, dict)]
    return [(_rule(body), _origin(_value(body, "blocked")), _page(body)) for body in bodies if isinstance(body, dict)]


def _value(body: dict[str, Any], what: str) -> str:
    """As report-uri spells it, or as the Reporting API does."""
    return str(body.get(f"{what}-uri") or body.get(f"{what}URL") or "")


def _rule(body: dict[str, Any]) -> str:
    return _word(
        str(body.get("effective-directive") or body.get("effectiveDirective") or body.get("violated-directive"))
    )


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "?"
    host = re.sub(r"[^a-z0-9.:-]", "", parts.netloc.rpartition("@")[2])[:100]
    return f"{_word(parts.scheme)}://{host}" if host else _word(address.partition(":")[0])


def _page(body: dict[str, Any]) -> str:
    try:
        return resolve(urlsplit(_value(body, "document")).path).view_name or "?"
    except (Resolver404, ValueError):
        return "?"


def _word(text: str) -> str:
    found = WORD.match(text)
    return found[0] if found else "?"


def _error_response(status: int, **headers: str) -> HttpResponse:
    response = errors.error_page(status)
    for name, value in headers.items():
        response[name] = value
    return response

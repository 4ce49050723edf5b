"""Logs the violations of the Content-Security-Policy that browsers report, without data about the reader."""

import json
import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from signatures.operations.limits import CSP_REPORT_RATE
from signatures.web import errors
from signatures.web.rate_limits import of_network, seconds_to_wait

logger = logging.getLogger(__name__)

MAX_BYTES = 16 * 1024  # browsers send one or two thousand bytes
MAX_REPORTS = 20
WORD = re.compile(r"[a-z-]{1,40}")


@csrf_exempt
def csp_report(request: HttpRequest) -> HttpResponse:
    """Accepts both formats that browsers send. The response is 204, or the reason for a rejection."""
    if request.method != "POST":
        return _error_response(405, Allow="POST")
    announced = request.META.get("CONTENT_LENGTH", "")
    if announced.isdecimal() and int(announced) > MAX_BYTES:
        return _error_response(413)
    if seconds := seconds_to_wait(of_network(request, "reports", CSP_REPORT_RATE)):
        return _error_response(429, **{"Retry-After": str(seconds)})
    try:
        violations = _violations(json.loads(request.body))
    except (ValueError, RecursionError):
        return _error_response(400)
    for violation in violations[:MAX_REPORTS]:
        logger.warning("CSP: %s refused %s on %s", *violation)
    return HttpResponse(status=204)


def _violations(payload: Any) -> list[tuple[str, str, str]]:
    """Returns directive, blocked origin and view name. Addresses are shortened, because they may contain a token."""
    reports = payload if isinstance(payload, list) else [payload]
    bodies = [report.get("body", report.get("csp-report")) for report in reports if isinstance(report, dict)]
    return [
        (_directive(body), _origin(_value(body, "blocked")), _page(body)) for body in bodies if isinstance(body, dict)
    ]


def _value(body: dict[str, Any], name: str) -> str:
    """Reads a field by its name in report-uri or in the Reporting API."""
    return str(body.get(f"{name}-uri") or body.get(f"{name}URL") or "")


def _directive(body: dict[str, Any]) -> str:
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
    match = WORD.match(text)
    return match[0] if match else "?"


def _error_response(status: int, **headers: str) -> HttpResponse:
    response = errors.error_page(status)
    for name, value in headers.items():
        response[name] = value
    return response

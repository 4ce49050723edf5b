"""Serves the read-only JSON API. signatures/data/openapi.json and docs/api.md describe it."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from signatures.data import DATA
from signatures.public import list_page
from signatures.public.forms import ListParamsForm
from signatures.public.limits import API_RATE, SEARCH_RATE
from signatures.public.models.tally import Count
from signatures.public.statement_page import PAGE_SIZE, Signatory, StatementPage, statement_or_404
from signatures.web import errors
from signatures.web.absolute_urls import absolute_url
from signatures.web.decorators import always, is_search, public_data, rate_limited
from signatures.web.page_cache import cached_page
from signatures.web.replica.decorator import read_from_replica

OPENAPI_FILE = DATA / "openapi.json"


@public_data
@rate_limited("api", API_RATE, when=always)
@cached_page
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    return _json(_statement(statement_or_404(slug, timezone.now())))


@public_data
@rate_limited("api", API_RATE, when=always)
@rate_limited("search", SEARCH_RATE, when=is_search)
@cached_page
@read_from_replica
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    form = ListParamsForm(request.GET, reading=reading)
    if not form.is_valid():
        return errors.problem_json(400 if "after" in form.errors else 422, errors=form.errors)
    params = form.cleaned_data
    page = list_page.page(
        reading,
        params,
        address=absolute_url("signatures:api_signatories", slug),
        size=params["limit"] or PAGE_SIZE,
        sector=reading.sector(params["sector"]),
    )
    return _json(
        {
            "statement": slug,
            **_numbers(list_page.filtered_count(reading, params["sector"], params["kind"])),
            "is_nearest": page.is_nearest,
            "signatories": [_signatory(signatory) for signatory in page.signatories],
            "next": page.next_url,
        }
    )


@public_data
def openapi(request: HttpRequest) -> HttpResponse:
    return _json(_openapi())


@cache
def _openapi() -> dict[str, Any]:
    """Lists each language as a server, because its prefix is a part of the address."""
    prefixes = {code: "/" if code == settings.LANGUAGE_CODE else f"/{code}" for code, _name in settings.LANGUAGES}
    servers = [{"url": prefixes[code], "description": name} for code, name in settings.LANGUAGES]
    return {**json.loads(OPENAPI_FILE.read_text()), "servers": servers}


def _statement(reading: StatementPage) -> dict[str, Any]:
    return {
        "slug": reading.slug,
        "url": reading.address,
        "state": _state(reading),
        "opens_at": _moment(reading.opens_at),
        "closes_at": _moment(reading.closes_at),
        "language": reading.language,
        "title": reading.title,
        "addressee": reading.addressee,
        "text": reading.wording.text,
        "html": reading.wording.html,
        "version": reading.version,
        "organiser": reading.organiser,
        "contact": reading.contact,
        "goal": reading.goal,
        "progress": reading.progress,
        **_numbers(reading.count),
        "sectors": [
            {"slug": sector.slug, "label": sector.label, **_numbers(reading.count.in_sector(sector.slug))}
            for sector in reading.count.sectors()
        ],
        "signatories": absolute_url("signatures:api_signatories", reading.slug),
    }


def _state(reading: StatementPage) -> str:
    if reading.is_upcoming:
        return "upcoming"
    return "open" if reading.is_open else "closed"


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _numbers(count: Count) -> dict[str, int]:
    return {
        "count": count.all,
        "people": count.people,
        "organisations": count.organisations,
        "listed": count.listed,
        "unnamed": count.without_name_count,
    }


def _signatory(signatory: Signatory) -> dict[str, Any]:
    return {
        "name": signatory.name,
        "credit": signatory.credit,
        "organisation": signatory.organisation,
        "website": signatory.website,
        "logo": settings.SITE_URL + signatory.logo_url if signatory.logo_url else "",
        "kind": signatory.kind,
        "sector": signatory.sector_slug,
        "is_notable": signatory.notable,
        "identity_checked": signatory.checked,
        "quotation": signatory.quotation,
    }


def _json(body: dict[str, Any]) -> HttpResponse:
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})

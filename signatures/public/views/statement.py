from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from signatures.public.linked_data import linked_data
from signatures.public.statement_page import StatementPage, statement_or_404
from signatures.signing.forms import SignForm, sign_form
from signatures.signing.models.share import parse_code
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switches
from signatures.web.decorators import (
    public_data,
    public_page,
    require_methods,
)
from signatures.web.page_cache import cached_page
from signatures.web.redirects import see_other


@public_page
@require_methods("GET")
@cached_page
def index(request: HttpRequest) -> HttpResponse:
    now, language = timezone.now(), get_language() or ""
    featured = Statement.objects.published().filter(is_featured=True).values_list("slug", flat=True).first()
    if featured:
        return statement_page(request, statement_or_404(featured, now))
    statements = Statement.objects.open(now).with_translations()
    readings = [StatementPage(statement.translation_for(language), now) for statement in statements]
    notices = Switches.of(None).notices
    return render(request, "public/statements.html", {"statements": readings, "notices": notices})


@public_page
@require_methods("GET")
@cached_page
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    return statement_page(request, statement_or_404(slug, timezone.now()))


@public_page
@require_methods("GET")
@cached_page
def via(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Shows the statement through a share link. The code is not looked up here: the form sends it along, and it is
    looked up when the signature is confirmed."""
    reading = statement_or_404(slug, timezone.now())
    valid_code = parse_code(code)
    return statement_page(request, reading, via=valid_code) if valid_code else see_other(reading.url)


@public_data
@cached_page
def count_json(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    count = reading.count
    return JsonResponse(
        {
            "statement": slug,
            "count": count.all,
            "sectors": {sector.slug: count.in_sector(sector.slug).all for sector in count.sectors()},
            "organisations": count.organisations,
            "as_of": reading.now.isoformat(timespec="seconds"),
        }
    )


def statement_page(
    request: HttpRequest, reading: StatementPage, *, form: SignForm | None = None, via: str = "", status: int = 200
) -> HttpResponse:
    context = {**page_context(reading), "via": via}
    if form:
        context["form"] = form
    return render(request, "public/statement.html", context, status=status)


def page_context(reading: StatementPage) -> dict[str, Any]:
    notables, newest = reading.front_page_names()
    return {
        "statement": reading,
        "count": reading.count,
        "form": sign_form(reading) if reading.takes_signatures else None,
        "notables": notables,
        "newest": newest,
        "linked_data": linked_data(reading),
        "sectors": sector_links(reading),
    }


def sector_links(reading: StatementPage) -> list[dict[str, Any]]:
    return [
        {
            "slug": sector.slug,
            "label": sector.label,
            "count": reading.count.in_sector(sector.slug).all,
            "url": reverse("signatures:sector", args=[reading.slug, sector.slug]),
        }
        for sector in reading.count.sectors()
    ]

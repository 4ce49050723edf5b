from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.public.corrections import corrections_of
from signatures.public.statement_page import statement_or_404
from signatures.web.decorators import public_page, require_methods
from signatures.web.page_cache import cached_page

MAX_ROWS = 1000
"""Rows of day and act, the newest. Three years of a statement that is corrected every day."""


@public_page
@require_methods("GET")
@cached_page
def corrections(request: HttpRequest, slug: str) -> HttpResponse:
    """Why the count went down, or a name is gone: totals by day, and nothing about anybody."""
    reading = statement_or_404(slug, timezone.now())
    acts = corrections_of(reading.statement).by_day()
    context = {"statement": reading, "acts": list(acts[:MAX_ROWS])}
    return render(request, "public/corrections.html", context)

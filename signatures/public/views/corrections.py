from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.public.corrections import corrections_of
from signatures.public.statement_page import statement_or_404
from signatures.web.decorators import public_page, require_methods
from signatures.web.page_cache import cached_page

MAX_ROWS = 1000
"""The number of rows, one per day and action. That is three years of a statement with corrections every day."""


@public_page
@require_methods("GET")
@cached_page
def corrections(request: HttpRequest, slug: str) -> HttpResponse:
    """Explains why the count fell or names disappeared, as totals by day without personal data."""
    reading = statement_or_404(slug, timezone.now())
    acts = corrections_of(reading.statement).by_day()
    context = {"statement": reading, "acts": list(acts[:MAX_ROWS])}
    return render(request, "public/corrections.html", context)

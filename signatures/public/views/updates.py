from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.public.published_updates import published_updates
from signatures.public.statement_page import statement_or_404
from signatures.web.decorators import public_page, require_methods
from signatures.web.page_cache import cached_page

MAX_UPDATES = 300
"""Updates on one page, the newest: one a week for nearly six years."""


@public_page
@require_methods("GET")
@cached_page
def updates(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    found = published_updates(reading.statement, now=reading.now, most=MAX_UPDATES)
    return render(request, "public/updates.html", {"statement": reading, "updates": found})


@public_page
@require_methods("GET")
@cached_page
def update(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    found = published_updates(reading.statement, now=reading.now, most=1, number=number)
    if not found:
        raise Http404
    return render(request, "public/update.html", {"statement": reading, "update": found[0]})

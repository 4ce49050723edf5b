from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.public.published_updates import published_updates
from signatures.public.statement_page import statement_or_404
from signatures.web.decorators import public_page, require_methods
from signatures.web.page_cache import cached_page

MAX_UPDATES = 300
"""The number of updates on one page. That is one a week for nearly six years."""


@public_page
@require_methods("GET")
@cached_page
def updates(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    newest = published_updates(reading.statement, now=reading.now, limit=MAX_UPDATES)
    return render(request, "public/updates.html", {"statement": reading, "updates": newest})


@public_page
@require_methods("GET")
@cached_page
def update(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    matching = published_updates(reading.statement, now=reading.now, limit=1, number=number)
    if not matching:
        raise Http404
    return render(request, "public/update.html", {"statement": reading, "update": matching[0]})

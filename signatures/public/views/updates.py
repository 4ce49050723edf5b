from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.public.published_updates import published_updates
from signatures.public.statement_page import read_or_404
from signatures.web.decorators import methods, public_page
from signatures.web.page_cache import kept

LONGEST = 300
"""Updates on one page, the newest: one a week for nearly six years."""


@public_page
@methods("GET")
@kept
def updates(request: HttpRequest, slug: str) -> HttpResponse:
    reading = read_or_404(slug, timezone.now())
    found = published_updates(reading.statement, now=reading.now, most=LONGEST)
    return render(request, "public/updates.html", {"statement": reading, "updates": found})


@public_page
@methods("GET")
@kept
def update(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    reading = read_or_404(slug, timezone.now())
    found = published_updates(reading.statement, now=reading.now, most=1, number=number)
    if not found:
        raise Http404
    return render(request, "public/update.html", {"statement": reading, "update": found[0]})

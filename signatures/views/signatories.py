from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures import limits
from signatures.views import listing
from signatures.views.guards import limited, methods, public_page, searches
from signatures.views.keeping import kept
from signatures.views.listing import ListForm
from signatures.views.reading import PAGE, read_or_404
from signatures.views.statements import sector_links


@public_page
@methods("GET")
@limited("search", limits.SEARCH, when=searches)
@kept
def signatories(request: HttpRequest, slug: str, sector: str = "") -> HttpResponse:
    """An odd value in the address is passed over: the list is a page whatever is asked."""
    reading = read_or_404(slug, timezone.now())
    chosen = reading.sector(sector)
    if sector and not chosen:
        raise Http404
    form = ListForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    context: dict[str, Any] = {
        "statement": reading,
        "count": reading.count,
        "shown": listing.count_of(reading, sector, asked.get("kind", "")),
        "sectors": sector_links(reading),
        "sector": chosen,
        "kind": asked.get("kind", ""),
        "q": asked.get("q", ""),
        "page": listing.page(reading, asked, address=request.path, size=PAGE, sector=chosen),
    }
    return render(request, "signatures/signatories.html", context)

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.identity.keys import Query, fold_query
from signatures.models import Count, SectorCount, Signature
from signatures.models.listing import BadCursor, Cursor
from signatures.views.guards import methods, public_page
from signatures.views.reading import PAGE, Reading, Signatory, read_or_404
from signatures.views.statements import sector_links


class ListForm(forms.Form):
    """What an address may ask of the list. An odd value is answered with a page, never with an error."""

    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=Signature.Kind.choices)
    after = forms.CharField(required=False, max_length=100)


@dataclass(frozen=True)
class Page:
    signatories: list[Signatory]
    next_url: str | None = None
    is_nearest: bool = False


@public_page
@methods("GET")
def signatories(request: HttpRequest, slug: str, sector: str = "") -> HttpResponse:
    reading = read_or_404(slug, timezone.now())
    chosen = _sector_or_404(reading, sector) if sector else None
    form = ListForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    context: dict[str, Any] = {
        "statement": reading,
        "count": reading.count,
        "shown": _count_of(reading, sector, asked.get("kind", "")),
        "sectors": sector_links(reading),
        "sector": chosen,
        "kind": asked.get("kind", ""),
        "q": asked.get("q", ""),
        "page": _page(request, reading, chosen, asked),
    }
    return render(request, "signatures/signatories.html", context)


def _page(request: HttpRequest, reading: Reading, sector: SectorCount | None, asked: dict[str, Any]) -> Page:
    listed = Signature.objects.listed().of(reading.statement)
    if sector:
        listed = listed.filter(sector=sector.sector_id)
    if kind := asked.get("kind"):
        listed = listed.of_kind(kind)
    query = fold_query(asked.get("q", ""))
    if asked.get("q") and not query.letters:
        return Page([])
    found = listed.matching(query) if query.letters else listed
    try:
        cursor = Cursor.parse(asked["after"]) if asked.get("after") else None
    except BadCursor:
        cursor = None
    rows = list((found.after(cursor) if cursor else found).notables_first()[: PAGE + 1])
    if not rows and query.letters and not cursor:
        return _nearest(reading, listed, query)
    return Page([reading.signatory(row) for row in rows[:PAGE]], _next_url(request, rows, asked))


def _nearest(reading: Reading, listed: Any, query: Query) -> Page:
    near = [reading.signatory(row) for row in listed.nearest(query)[:PAGE]]
    return Page(near, is_nearest=bool(near))


def _next_url(request: HttpRequest, rows: list[Signature], asked: dict[str, Any]) -> str | None:
    if len(rows) <= PAGE:
        return None
    kept = {name: asked[name] for name in ("q", "kind") if asked.get(name)}
    return f"{request.path}?{urlencode({**kept, 'after': Cursor.of(rows[PAGE - 1])})}"


def _sector_or_404(reading: Reading, slug: str) -> SectorCount:
    for part in reading.count.parts:
        if part.slug == slug:
            return part
    raise Http404


def _count_of(reading: Reading, sector: str, kind: str) -> Count:
    count = reading.count.in_sector(sector) if sector else reading.count
    return count.of_kind(kind) if kind else count

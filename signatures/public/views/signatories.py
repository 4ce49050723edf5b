from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.public import list_page
from signatures.public.cursor import NameCursor
from signatures.public.limits import SEARCH_RATE
from signatures.public.list_page import BY_NAME, NEWEST, ListForm
from signatures.public.statement_page import PAGE_SIZE, statement_or_404
from signatures.public.views.statement import sector_links
from signatures.signing.models.signature import Signature
from signatures.web.decorators import is_search, public_page, rate_limited, require_methods
from signatures.web.page_cache import cached_page
from signatures.web.replica.decorator import read_from_replica

ORDER_LABELS = {NEWEST: _("Newest first"), BY_NAME: _("A to Z")}


@public_page
@require_methods("GET")
@rate_limited("search", SEARCH_RATE, when=is_search)
@cached_page
@read_from_replica
def signatories(request: HttpRequest, slug: str, sector: str = "") -> HttpResponse:
    """Shows the list. A wrong parameter in the address is ignored."""
    reading = statement_or_404(slug, timezone.now())
    chosen = reading.sector(sector)
    if sector and not chosen:
        raise Http404
    params = _valid_params(request)
    order = params.get("order") or NEWEST
    context: dict[str, Any] = {
        "statement": reading,
        "count": reading.count,
        "shown": list_page.filtered_count(reading, sector, params.get("kind", "")),
        "sectors": sector_links(reading),
        "sector": chosen,
        "kind": params.get("kind", ""),
        "q": params.get("q", ""),
        "order": params.get("order", ""),
        "orders": [
            (label, _ordered_url(request.path, params, name), name == order) for name, label in ORDER_LABELS.items()
        ],
        "page": list_page.page(reading, params, address=request.path, size=PAGE_SIZE, sector=chosen),
    }
    return render(request, "public/signatories.html", context)


@public_page
@require_methods("GET")
@rate_limited("search", SEARCH_RATE, when=is_search)
@cached_page
def organisations(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows organisations from A to Z. Other parameters in the address are ignored."""
    reading = statement_or_404(slug, timezone.now())
    params = {**_valid_params(request), "kind": Signature.Kind.ORGANISATION, "order": BY_NAME}
    if not isinstance(params.get("after"), NameCursor):
        params["after"] = None
    context: dict[str, Any] = {
        "statement": reading,
        "shown": reading.count.of_kind(Signature.Kind.ORGANISATION),
        "kind": Signature.Kind.ORGANISATION,
        "q": params.get("q", ""),
        "page": list_page.page(reading, params, address=request.path, size=PAGE_SIZE, left_out=("kind", "order")),
    }
    return render(request, "public/organisations.html", context)


@public_page
@require_methods("GET")
@cached_page
def notable(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows all notable signatories on one page. They are few, because a moderator checks each."""
    reading = statement_or_404(slug, timezone.now())
    return render(request, "public/notable.html", {"statement": reading, "walls": reading.walls()})


def _valid_params(request: HttpRequest) -> dict[str, Any]:
    """Returns the valid parameters of the address and ignores the others."""
    form = ListForm(request.GET)
    form.is_valid()
    return form.cleaned_data


def _ordered_url(path: str, params: dict[str, Any], order: str) -> str:
    """Returns the address of the first page in another order. The default order is omitted, so that a view has one
    address."""
    query = {name: params[name] for name in ("q", "kind") if params.get(name)}
    if order != NEWEST:
        query["order"] = order
    return f"{path}?{urlencode(query)}" if query else path

"""Shows a statement inside other sites: its count, its progress and a link to its form. Answers oEmbed."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone, translation
from django.utils.html import format_html

from signatures.public.forms import OEmbedParamsForm
from signatures.public.statement_page import StatementPage, statement_or_404
from signatures.web import errors
from signatures.web.absolute_urls import absolute_url
from signatures.web.decorators import allow_framing, public_data, public_page, require_methods
from signatures.web.page_cache import cached_page

WIDTH, HEIGHT = 480, 260


@allow_framing
@public_page
@require_methods("GET")
@cached_page
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    return render(request, "public/embed.html", {"statement": reading, "count": reading.count})


@public_data
def oembed(request: HttpRequest) -> HttpResponse:
    """Answers oEmbed (https://oembed.com) for a statement's page, in the language of that page."""
    form = OEmbedParamsForm(request.GET)
    if not form.is_valid():
        return errors.problem_json(422, errors=form.errors)
    params = form.cleaned_data
    with translation.override(_language_of(params["url"])):
        reading = _statement_at(params["url"])
        width, height = min(params["maxwidth"] or WIDTH, WIDTH), min(params["maxheight"] or HEIGHT, HEIGHT)
        return JsonResponse(_oembed(reading, width, height), json_dumps_params={"ensure_ascii": False})


def _language_of(address: str) -> str:
    return translation.get_language_from_path(_own_path(address)) or settings.LANGUAGE_CODE


def _statement_at(address: str) -> StatementPage:
    match = resolve(_own_path(address))
    if match.view_name != "signatures:statement":
        raise Http404
    return statement_or_404(match.kwargs["slug"], timezone.now())


def _own_path(address: str) -> str:
    """Returns the path of a URL on this site. Any other URL is a 404."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Http404 from None
    if parts.netloc != urlsplit(settings.SITE_URL).netloc:
        raise Http404
    return parts.path


def _oembed(reading: StatementPage, width: int, height: int) -> dict[str, Any]:
    frame = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border:0"></iframe>',
        absolute_url("signatures:embed", reading.slug),
        reading.title,
        width,
        height,
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": reading.title,
        "author_name": reading.organiser,
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.SITE_URL,
        "cache_age": 86400,
        "html": frame,
        "width": width,
        "height": height,
    }

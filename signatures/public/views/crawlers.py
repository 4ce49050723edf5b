"""Serves robots.txt and the sitemap."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from signatures.statements.models.statement import Statement
from signatures.web.absolute_urls import absolute_url
from signatures.web.decorators import public_page, require_methods

ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /-/

Sitemap: {site}/sitemap.xml
"""


@dataclass(frozen=True)
class SitemapEntry:
    """Describes a statement's page in one language."""

    language: str
    address: str
    changed_on: date


@public_page
@require_methods("GET")
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS.format(site=settings.SITE_URL), content_type="text/plain; charset=utf-8")


@public_page
@require_methods("GET")
def sitemap(request: HttpRequest) -> HttpResponse:
    statements = Statement.objects.published().with_translations()
    context = {"statements": [_sitemap_entries(statement) for statement in statements]}
    return render(request, "public/sitemap.xml", context, content_type="application/xml; charset=utf-8")


def _sitemap_entries(statement: Statement) -> list[SitemapEntry]:
    """Lists only its own languages. Its pages in other languages show the original."""
    return [
        SitemapEntry(text.language, _url_in_language(text.language, statement.slug), text.version.created_at.date())
        for text in statement.translations.all()
    ]


def _url_in_language(language: str, slug: str) -> str:
    with translation.override(language):
        return absolute_url("signatures:statement", slug)

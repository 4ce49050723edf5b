"""Shows the pages about the site: about, privacy, accessibility, imprint."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from signatures.statements.default_page_texts import default_text
from signatures.statements.models.page import Page
from signatures.web.decorators import public_page, require_methods
from signatures.web.markdown import to_html


@public_page
@require_methods("GET")
def page(request: HttpRequest, kind: str) -> HttpResponse:
    written = Page.objects.for_reader(kind, get_language() or "", settings.LANGUAGE_CODE)
    context = {
        "heading": Page.Kind(kind).label,
        "html": mark_safe(written.html if written else to_html(default_text(kind))),  # noqa: S308 - sanitised
        "language": written.language if written else get_language(),
    }
    return render(request, "statements/page.html", context)

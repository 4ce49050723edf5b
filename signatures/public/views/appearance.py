"""Serves a statement's style sheet, its logo and share image, and the logos of organisations.

Each address has a digest of the content, so that a new content has a new address.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from signatures.public.statement_page import statement_or_404
from signatures.signing.models.signature import Signature, logo_path
from signatures.web import storage
from signatures.web.decorators import public_page, require_methods

IMMUTABLE_CACHE_CONTROL = "public, max-age=31536000, immutable"
SHORT_CACHE_CONTROL = "public, max-age=25, s-maxage=25"  # a withdrawn or hidden logo is gone within a minute
TYPES = {"png": "image/png", "jpg": "image/jpeg"}


@public_page
@require_methods("GET")
def stylesheet(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    look = statement_or_404(slug, timezone.now()).look
    if not look or look.digest != digest:
        raise Http404
    return _cached_response(look.stylesheet, "text/css; charset=utf-8")


@public_page
@require_methods("GET")
def picture_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    statement = statement_or_404(slug, timezone.now()).statement
    for picture in (statement.logo.name, statement.share_picture.name):
        if picture and picture.rpartition("/")[2] == name:
            return _picture(picture, IMMUTABLE_CACHE_CONTROL)
    if Signature.objects.listed().of(statement).filter(logo=(logo := logo_path(statement.pk, name))).exists():
        return _picture(logo, SHORT_CACHE_CONTROL)
    raise Http404


def _picture(name: str, cache_control: str) -> HttpResponse:
    content = storage.read_or_none(name)
    if content is None:
        raise Http404
    response = _cached_response(content, TYPES[name.rpartition(".")[2]], cache_control)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _cached_response(
    content: str | bytes, content_type: str, cache_control: str = IMMUTABLE_CACHE_CONTROL
) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = cache_control
    return response

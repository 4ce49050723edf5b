"""A statement's own colour, logo and picture, and the logos of organisations. Each address tells the content."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from signatures.public.statement_page import read_or_404
from signatures.signing.models.signature import Signature, logo_path
from signatures.web import storage
from signatures.web.decorators import methods, public_page

FOR_EVER = "public, max-age=31536000, immutable"
AS_LONG_AS_NAMES = "public, max-age=25, s-maxage=25"  # an organisation that has left is nowhere after a minute
TYPES = {"png": "image/png", "jpg": "image/jpeg"}


@public_page
@methods("GET")
def sheet(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    look = read_or_404(slug, timezone.now()).look
    if not look or look.digest != digest:
        raise Http404
    return _kept(look.sheet, "text/css; charset=utf-8")


@public_page
@methods("GET")
def file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    statement = read_or_404(slug, timezone.now()).statement
    for picture in (statement.logo.name, statement.share_picture.name):
        if picture and picture.rpartition("/")[2] == name:
            return _picture(picture, FOR_EVER)
    if Signature.objects.listed().of(statement).filter(logo=(logo := logo_path(statement.pk, name))).exists():
        return _picture(logo, AS_LONG_AS_NAMES)
    raise Http404


def _picture(name: str, kept: str) -> HttpResponse:
    content = storage.content(name)
    if content is None:
        raise Http404
    response = _kept(content, TYPES[name.rpartition(".")[2]], kept)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _kept(content: str | bytes, kind: str, kept: str = FOR_EVER) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = kept
    return response

"""A statement's own colour, logo and picture. Each address tells the content, so that it may be kept for ever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from signatures import stored
from signatures.views.guards import methods, public_page
from signatures.views.reading import read_or_404

FOR_EVER = "public, max-age=31536000, immutable"
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
            return _picture(picture)
    raise Http404


def _picture(name: str) -> HttpResponse:
    content = stored.content(name)
    if content is None:
        raise Http404
    response = _kept(content, TYPES[name.rpartition(".")[2]])
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _kept(content: str | bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = FOR_EVER
    return response

"""Serves the image that other sites show beside a link to a statement. public/draw_share_image.py draws it."""

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page

from signatures.public.statement_page import statement_or_404
from signatures.statements.models.share_image import SharePicture
from signatures.web.decorators import public_page, require_methods
from signatures.web.redirects import see_other


@conditional_page
@public_page
@require_methods("GET")
def share_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """Returns the image in the language of the address, or the general image until the worker has drawn one."""
    row = SharePicture.objects.for_page(slug, get_language() or "")
    content = row.content() if row else None
    if content is None:
        statement_or_404(slug, timezone.now())
        return see_other(static("picture.png"))
    response = HttpResponse(content, content_type="image/png")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

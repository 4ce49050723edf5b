from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]


def language_from_path(get_response: Handler) -> Handler:
    """The path alone decides. Django's LocaleMiddleware reads Accept-Language and makes every page vary by it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info)
        if request.path_info.startswith("/admin/"):
            language = translation.get_language_from_request(request)
        with translation.override(language or settings.LANGUAGE_CODE):
            return get_response(request)

    return middleware

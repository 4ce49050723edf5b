from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import get_language

from signatures.web.languages.text_direction import direction_of

# Locale names of Open Graph; a language that is missing here has no locale tag
LOCALES = {"en": "en_GB", "fr": "fr_FR", "id": "id_ID", "hi": "hi_IN", "ar": "ar_AR"}


def site(request: HttpRequest) -> dict[str, Any]:
    """Adds what every page needs: the name of the site, and the same page in each language."""
    if request.path_info.startswith("/admin/"):
        return {}
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "locale": LOCALES.get(get_language() or "", ""),
        "direction": direction_of(get_language() or settings.LANGUAGE_CODE),
        "languages": [
            {
                "code": code,
                "name": name,
                "url": _url_in_language(request, code),
                "current": code == get_language(),
                "direction": direction_of(code),
            }
            for code, name in settings.LANGUAGES
        ],
    }


def _url_in_language(request: HttpRequest, language: str) -> str:
    match = request.resolver_match
    with translation.override(language):
        try:
            return (
                reverse(match.view_name, args=match.args, kwargs=match.kwargs) if match else reverse("signatures:index")
            )
        except NoReverseMatch:
            return reverse("signatures:index")

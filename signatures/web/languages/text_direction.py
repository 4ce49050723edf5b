"""Which way a text runs, in the words of HTML."""

from django.utils.translation import get_language_info


def direction(is_rtl: bool) -> str:
    return "rtl" if is_rtl else "ltr"


def direction_of(language: str) -> str:
    """Of a language of the site, by its code."""
    return direction(get_language_info(language)["bidi"])

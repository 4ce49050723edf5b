"""Returns the direction of a text as a value of the HTML attribute `dir`."""

from django.utils.translation import get_language_info


def direction(is_rtl: bool) -> str:
    return "rtl" if is_rtl else "ltr"


def direction_of(language: str) -> str:
    """Returns the direction of a language by its code."""
    return direction(get_language_info(language)["bidi"])

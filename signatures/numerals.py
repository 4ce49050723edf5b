"""Numbers and dates as the readers of each language expect them."""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language

# Arabic is read with its own digits on this site; Babel's plain "ar" has European ones.
LOCALES = {"ar": "ar_EG", "en": "en_GB"}

# Babel knows the marks of a numbering system, and writes the digits as 0-9 whatever it is.
DIGITS = {"arab": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")}


def number(value: int) -> str:
    return _with_digits(format_decimal(value, locale=_locale(), numbering_system="default"))


def day(value: date | datetime) -> str:
    return _with_digits(format_date(value, format="long", locale=_locale()))


@lru_cache
def _parsed(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language))


def _locale() -> Locale:
    return _parsed(get_language() or "en")


def _with_digits(text: str) -> str:
    return text.translate(DIGITS.get(_locale().default_numbering_system, {}))

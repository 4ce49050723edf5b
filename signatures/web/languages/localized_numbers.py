"""Formats numbers and dates as the readers of each language expect them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language, ngettext

# This site shows Arabic with its own digits; Babel's plain "ar" has European ones.
LOCALES = {"ar": "ar_EG", "en": "en_GB"}

# Babel uses the separators of a numbering system, but always writes Latin digits and per cent signs.
LIST_SEPARATORS = {"ar": "، "}
STANDALONE_NUMBER = re.compile(r"(?<![\w.@/+-])\d+(?![\w.@/+-])")
DIGITS = {"arab": str.maketrans("0123456789%", "٠١٢٣٤٥٦٧٨٩٪")}


def number(value: int) -> str:
    return _with_digits(format_decimal(value, locale=_locale(), numbering_system="default"))


def percent(share: float) -> str:
    """Formats a share of one: 0.345 is 35 %. A share above zero shows at least 1 %."""
    shown = format_percent(max(share, 0.01) if share else 0, locale=_locale(), numbering_system="default")
    return _with_digits(shown)


def decimal(value: float) -> str:
    """Rounds down to a tenth: 4.46 becomes 4.4."""
    return _with_digits(format_decimal(int(value * 10) / 10, locale=_locale(), numbering_system="default"))


def day(value: date | datetime) -> str:
    return _with_digits(format_date(value, format="long", locale=_locale()))


def time_of_day(value: datetime) -> str:
    """Formats hour and minute in UTC."""
    return _with_digits(format_time(value.astimezone(UTC), format="short", locale=_locale()))


def short_day(value: date | datetime) -> str:
    """Formats a date without its year."""
    return _with_digits(format_skeleton("MMMd", value, locale=_locale()))


def period(value: timedelta) -> str:
    """Formats in the largest unit that divides it evenly: "14 days", "8 hours", "2 minutes"."""
    minutes = int(value.total_seconds()) // 60
    if minutes % (24 * 60) == 0:
        count = minutes // (24 * 60)
        text = ngettext("%(many)s day", "%(many)s days", count)
    elif minutes % 60 == 0:
        count = minutes // 60
        text = ngettext("%(many)s hour", "%(many)s hours", count)
    else:
        count = minutes
        text = ngettext("%(many)s minute", "%(many)s minutes", count)
    return text % {"many": number(count)}


def localize_digits(text: str) -> str:
    """Replaces the digits of separate numbers; those in a version, an address or a name stay as they are."""
    return STANDALONE_NUMBER.sub(lambda match: _with_digits(match[0]), text)


def join_words(words: Iterable[str]) -> str:
    return LIST_SEPARATORS.get(get_language() or "", ", ").join(words)


@lru_cache
def _parsed(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language))


def _locale() -> Locale:
    return _parsed(get_language() or "en")


def _with_digits(text: str) -> str:
    return text.translate(DIGITS.get(_locale().default_numbering_system, {}))

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from typing import cast

from django import template
from django.forms import BooleanField, BoundField, ChoiceField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from signatures.web.languages import localized_numbers

register = template.Library()
register.filter("number", localized_numbers.number)
register.filter("day", localized_numbers.day)
register.filter("clock", localized_numbers.clock)


@register.simple_tag
def limit(name: str) -> str:
    """A constant of a feature's limits.py, as "mail.MAX_EMAILS_PER_DAY": a period in words, or a number."""
    feature, _, constant = name.partition(".")
    value = getattr(import_module(f"signatures.{feature}.limits"), constant)
    return localized_numbers.period(value) if isinstance(value, timedelta) else localized_numbers.number(value)


@register.filter
def number_on_a_new_line(sentence: SafeString) -> SafeString:
    """Of a translated sentence with a number in <b>. What follows stays beside it: in Hindi the verb does."""
    return mark_safe(sentence.replace("<b>", "<br><b>"))  # noqa: S308 - as safe as it came


@register.filter
def bidi_isolate(name: str) -> SafeString:
    """In a translated sentence that writes no <bdi> itself: neither takes on the other's direction."""
    return format_html("<bdi>{}</bdi>", name)


MAX_RENDERED = 1000  # fields that are kept, in all languages

drawn: dict[tuple[object, ...], SafeString] = {}


@register.simple_tag(name="field")
def render_field(bound: BoundField) -> SafeString:
    """One field of a form. As long as nobody has typed anything into it, it looks the same for everybody: kept, because
    to draw a form takes longer than to look through it, and whoever floods us leaves fields empty."""
    name = _cache_key(bound)
    if name is None:
        return render_to_string("web/field.html", {"field": bound})
    if name not in drawn:
        if len(drawn) >= MAX_RENDERED:
            drawn.clear()
        drawn[name] = render_to_string("web/field.html", {"field": bound})
    return drawn[name]


def _cache_key(bound: BoundField) -> tuple[object, ...] | None:
    """All that its looks depend on. None where somebody has typed something, which is kept nowhere."""
    choices: tuple[tuple[object, str], ...] = ()
    if isinstance(bound.field, ChoiceField):
        offered = cast(Iterable[tuple[object, object]], bound.field.choices)
        choices = tuple((value, str(label)) for value, label in offered)
    value = bound.value()
    is_typed = bool(value) and not isinstance(bound.field, BooleanField) and value not in dict(choices)
    if is_typed:
        return None
    return get_language(), type(bound.form), bound.auto_id, bool(value) and str(value), tuple(bound.errors), choices

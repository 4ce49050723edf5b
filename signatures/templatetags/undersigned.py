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
register.filter("clock", localized_numbers.time_of_day)


@register.simple_tag
def limit(name: str) -> str:
    """Shows a constant of a feature's limits.py, as "mail.MAX_EMAILS_PER_DAY": a period in words, or a number."""
    feature, _, constant = name.partition(".")
    value = getattr(import_module(f"signatures.{feature}.limits"), constant)
    return localized_numbers.period(value) if isinstance(value, timedelta) else localized_numbers.number(value)


@register.filter
def number_on_a_new_line(sentence: SafeString) -> SafeString:
    """Starts a new line before the number in <b> of a translated sentence. The text after it stays on that line."""
    return mark_safe(sentence.replace("<b>", "<br><b>"))  # noqa: S308 - as safe as the argument


@register.filter
def bidi_isolate(name: str) -> SafeString:
    """Isolates the direction of a name in a translated sentence that has no <bdi> of its own."""
    return format_html("<bdi>{}</bdi>", name)


MAX_RENDERED = 1000  # cached fields, in all languages

rendered_fields: dict[tuple[object, ...], SafeString] = {}


@register.simple_tag(name="field")
def render_field(bound: BoundField) -> SafeString:
    """Renders one field of a form. An empty field is the same for everybody, so it is cached: rendering a form is the
    slowest part of the page, and a flood of requests mostly leaves fields empty."""
    name = _cache_key(bound)
    if name is None:
        return render_to_string("web/field.html", {"field": bound})
    if name not in rendered_fields:
        if len(rendered_fields) >= MAX_RENDERED:
            rendered_fields.clear()
        rendered_fields[name] = render_to_string("web/field.html", {"field": bound})
    return rendered_fields[name]


def _cache_key(bound: BoundField) -> tuple[object, ...] | None:
    """Returns everything that the HTML depends on. None if somebody has typed something, which is never cached."""
    choices: tuple[tuple[object, str], ...] = ()
    if isinstance(bound.field, ChoiceField):
        offered = cast(Iterable[tuple[object, object]], bound.field.choices)
        choices = tuple((value, str(label)) for value, label in offered)
    value = bound.value()
    is_typed = bool(value) and not isinstance(bound.field, BooleanField) and value not in dict(choices)
    if is_typed:
        return None
    return get_language(), type(bound.form), bound.auto_id, bool(value) and str(value), tuple(bound.errors), choices

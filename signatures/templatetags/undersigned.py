from django import template
from django.utils.safestring import SafeString, mark_safe

from signatures import numerals

register = template.Library()
register.filter("number", numerals.number)
register.filter("day", numerals.day)
register.filter("clock", numerals.clock)


@register.filter
def number_on_a_new_line(sentence: SafeString) -> SafeString:
    """Of a translated sentence with a number in <b>. What follows stays beside it: in Hindi the verb does."""
    return mark_safe(sentence.replace("<b>", "<br><b>"))  # noqa: S308 - as safe as it came

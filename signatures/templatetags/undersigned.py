from django import template

from signatures import numerals

register = template.Library()
register.filter("number", numerals.number)
register.filter("day", numerals.day)
register.filter("clock", numerals.clock)

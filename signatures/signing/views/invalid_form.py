"""Answers an invalid form: with the statement's page, where all but the form comes from a short-lived cache.

Rendering the whole page takes ten times as long as accepting a signature, and a flood sends invalid forms first.
"""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from cachetools import TLRUCache, cached
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext

from signatures.signing.forms import SignForm
from signatures.signing.views.page import StatementPage

FORM_SLOT = mark_safe("<!--slot-->")
"""No other text can contain it: names are escaped, and a statement's HTML has no comments."""


MAX_FRAMES = 200
frames = TLRUCache[Hashable, list[str]](
    MAX_FRAMES, lambda _name, _frame, now: now + settings.PAGE_CACHE_SECONDS, time.monotonic
)


def invalid_form_page(
    request: HttpRequest, reading: StatementPage, form: SignForm, *, via: str, around: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """`around` returns the context of the page; it is called only if the cache has no page."""
    before, title, middle, end = _frame(request, reading, around)
    context = {"statement": reading, "form": form, "via": via}
    slots = [
        f"{escape(gettext('Please look at the form:'))} ",
        render_to_string("signing/sign_form.html", context),
        render_to_string("signing/form_scripts.html", context),
    ]
    body = "".join([before, slots[0], title, slots[1], middle, slots[2], end])
    return HttpResponse(body, status=422)


@cached(frames, key=lambda request, reading, around: (reading.slug, get_language() or ""), lock=Lock())
def _frame(request: HttpRequest, reading: StatementPage, around: Callable[[], dict[str, Any]]) -> list[str]:
    """Caches by statement and language; not by values that a stranger chooses, such as the host's port."""
    page = render_to_string("public/statement.html", {**around(), "slot": FORM_SLOT}, request)
    return page.split(FORM_SLOT)

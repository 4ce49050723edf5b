"""One line on each page of admin that says what the page is for. A ModelAdmin has `list_purpose` and `purpose`, which
its pages show; a view of our own is decorated with its line."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

V = TypeVar("V", bound=Callable[..., Any])

DELETE_HELP = _("Nothing is deleted before you confirm it here, and nothing can be brought back afterwards.")
HISTORY_HELP = _("What was changed here in admin, when and by whom.")


def with_purpose(line: Promise) -> Callable[[V], V]:
    """Outside all other decorators of a view: they pass an attribute on to what they return, and do not look for it."""

    def decorate(view: V) -> V:
        view.purpose = line  # type: ignore[attr-defined]
        return view

    return decorate


def page_help(request: HttpRequest) -> Promise | str:
    """Empty before the login, and where a page has none."""
    if request.resolver_match is None or not request.user.is_authenticated:
        return ""
    view: Any = request.resolver_match.func
    if hasattr(view, "purpose"):
        return view.purpose
    model_admin = getattr(view, "model_admin", None)  # ModelAdmin.get_urls sets it on each of its views
    pages = {"changelist_view": "list_purpose", "add_view": "purpose", "change_view": "purpose"}
    name = getattr(view, "__name__", "")
    if name in pages:
        return getattr(model_admin, pages[name], "")
    return {"delete_view": DELETE_HELP, "history_view": HISTORY_HELP}.get(name, "")

"""Shows one line on each page of admin that explains the page. A ModelAdmin has `list_purpose` and `purpose`; the
project's own views are decorated with their line."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

V = TypeVar("V", bound=Callable[..., Any])

DELETE_HELP = _("Nothing is deleted until you confirm it here. This cannot be undone.")
HISTORY_HELP = _("Changes that were made in admin, with time and person.")


def with_purpose(line: Promise) -> Callable[[V], V]:
    """Sets the line of a view. Must be the outermost decorator, because it sets an attribute on what the others
    return."""

    def decorate(view: V) -> V:
        view.purpose = line  # type: ignore[attr-defined]
        return view

    return decorate


def page_help(request: HttpRequest) -> Promise | str:
    """Returns an empty string before the login, and if the page has no line."""
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

"""A filter of a list in admin that a link sets, and that offers no choices of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class DrilldownFilter(admin.SimpleListFilter):
    """No choice in the list's margin: a figure leads here, and the margin says which."""

    def has_output(self) -> bool:
        return bool(self.value())

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        asked = request.GET.get(self.parameter_name or "")
        return [(asked, _("as on the page before"))] if asked else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        return queryset if asked is None else self.behind(queryset, asked)

    def behind(self, queryset: QuerySet[Any], asked: str) -> QuerySet[Any]:
        raise NotImplementedError

"""A filter of a list in admin that a link sets, and that offers no choices of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class DrilldownFilter(admin.SimpleListFilter):
    """A filter without choices in the sidebar: it is set by links from the overview."""

    def has_output(self) -> bool:
        return bool(self.value())

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        value = request.GET.get(self.parameter_name or "")
        return [(value, _("as selected on the previous page"))] if value else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset if value is None else self.filter_rows(queryset, value)

    def filter_rows(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        raise NotImplementedError

"""Provides base classes for read-only pages of admin."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext

VIEW = "View %s"  # a title of Django, translated into every language


class ReadOnlyMixin:
    """Makes an admin or an inline read-only: its rows are created elsewhere, and nobody edits or deletes them here."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CappedPaginator(Paginator):
    """Stops counting at MAX_COUNTED rows: counting five million takes longer than showing a hundred."""

    MAX_COUNTED = 100_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.MAX_COUNTED].count()  # type: ignore[attr-defined]


class ReadOnlyModelAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """A read-only list. It shows no total, because counting every row is slow."""

    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 100
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Replaces Django's title, which asks the user to select a row, with the name of the list."""
        changelist = super().get_changelist_instance(request)
        changelist.title = capfirst(str(self.opts.verbose_name_plural))
        return changelist

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allows only the filters that the page offers, so that nobody can probe hidden columns through the URL."""
        filters = [item[0] if isinstance(item, tuple) else item for item in self.get_list_filter(request)]
        offered = {getattr(item, "parameter_name", item) for item in filters} | {self.date_hierarchy, "id"}
        return lookup.split("__")[0] in offered and super().lookup_allowed(lookup, value, request)

    def page_of(self, request: HttpRequest, row: Model, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Renders Django's page of one row, also as the answer to an invalid form of our own on it. Django's own view
        would save the row on POST."""
        fieldsets = self.get_fieldsets(request, row)
        fields = flatten_fieldsets(fieldsets)
        form = self.get_form(request, row, change=True, fields=fields)(instance=row)
        shown = AdminForm(form, cast(Any, fieldsets), {}, fields, model_admin=self)
        page = {
            **self.admin_site.each_context(request),
            "title": gettext(VIEW) % self.opts.verbose_name,
            "subtitle": str(row),
            "adminform": shown,
            "object_id": str(row.pk),
            "original": row,
            "is_popup": False,
            "media": self.media + shown.media,
            "inline_admin_formsets": [],
            "errors": AdminErrorList(form, []),
            "preserved_filters": self.get_preserved_filters(request),
            **context,
        }
        response = self.render_change_form(request, page, change=True, obj=row)
        response.status_code = status
        return response


def admin_link(row: Model) -> str:
    """Returns a link to the row's page in admin."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, row)

"""What is only read here."""

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

VIEW = "View %s"  # a title of Django, which has it in every language


class ReadOnlyMixin:
    """For an admin or an inline: rows come from what people do elsewhere, and nobody writes or deletes them here."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CappedPaginator(Paginator):
    """Counts no further than anybody would page: to count five million rows takes longer than to show a hundred."""

    MOST = 100_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.MOST].count()  # type: ignore[attr-defined]


class ReadOnlyModelAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """A list to read. Counting every row for "of 13,500" costs more than it tells."""

    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 100
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Django's title asks to select one; here most of the work is done in the list itself."""
        found = super().get_changelist_instance(request)
        found.title = capfirst(str(self.opts.verbose_name_plural))
        return found

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """What the page offers, and nothing else: the address bar is no way to probe a column that is not shown."""
        filters = [each[0] if isinstance(each, tuple) else each for each in self.get_list_filter(request)]
        offered = {getattr(each, "parameter_name", each) for each in filters} | {self.date_hierarchy, "id"}
        return lookup.split("__")[0] in offered and super().lookup_allowed(lookup, value, request)

    def page_of(self, request: HttpRequest, row: Model, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Django's page of one row, also as the answer to a form of ours that stands on it and has a mistake. Django's
        own view answers a POST by saving the row."""
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
    """The row's own page in admin, by its name."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, row)

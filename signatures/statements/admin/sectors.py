from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.statements.models.sector import Sector, SectorTranslation


class SectorTranslationInline(admin.TabularInline):
    model = SectorTranslation
    extra = 1


@admin.register(Sector)
class SectorAdmin(AuditedModelAdmin):
    list_purpose = _("The fields of work from which signers choose. Each statement offers some of them.")
    purpose = _("One field of work, and its name in each language.")
    list_display = ("name", "slug", "position", "offered")
    prepopulated_fields = {"slug": ("name",)}
    search_fields = ("name", "slug")
    inlines = (SectorTranslationInline,)
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(statements_offering=Count("offers"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allows it for one sector at a time, if nobody has signed in it, because its list has a public address."""
        if obj is None or not super().has_delete_permission(request, obj):
            return False
        return not obj.offers.exists() and not obj.signatures.exists()

    @admin.display(description=_("offered by statements"), ordering="statements_offering")
    def offered(self, sector: Any) -> int:
        return sector.statements_offering

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.audit.models import AuditEntry
from signatures.review.models.weight import Weight


@admin.register(Weight)
class WeightAdmin(AuditedModelAdmin):
    """Edits the points of spam signals. Visitors do not see them."""

    list_purpose = _("Points for each spam signal. A signature that collects 100 points or more is held for review.")
    purpose = _("The points of one spam signal, and its threshold.")
    change_is = AuditEntry.Action.WEIGH
    list_display = ("flag", "weight", "level")
    fields = ("flag", "weight", "level")
    readonly_fields = ("flag",)
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

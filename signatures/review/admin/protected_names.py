from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.identity.likeness import ComparableName
from signatures.review.models.protected_name import ProtectedName


@admin.register(ProtectedName)
class ProtectedNameAdmin(AuditedModelAdmin):
    """Each row has one written form. The search keys also match other scripts and typing errors."""

    list_purpose = _("Names that are never published unchecked. A signature with a similar name is held for review.")
    purpose = _("One protected name. A signature with this name or a similar one is held for review.")
    list_display = ("written", "name", "field", "statement", "source")
    list_filter = ("source", "statement")
    search_fields = ("written", "name")
    search_help_text = _("A signature with a similar name is held until a moderator decides.")
    fields = ("name", "written", "field", "statement")
    list_select_related = ("statement",)
    show_facets = admin.ShowFacets.NEVER

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The name of a notable changes only with the signature."""
        is_own = obj is not None and obj.source == ProtectedName.Source.NOTABLE
        return not is_own and super().has_change_permission(request, obj)

    def name_in_audit(self, obj: ProtectedName) -> str:
        return str(obj.get_source_display()) if obj.signature_id else str(obj)

    def save_model(self, request: HttpRequest, obj: ProtectedName, form: Any, change: bool) -> None:
        obj.keys = sorted(ComparableName(obj.written).keys)
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProtectedName]:
        return super().get_queryset(request).defer("keys")

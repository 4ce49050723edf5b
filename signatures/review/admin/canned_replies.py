from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.audit.models import AuditEntry
from signatures.review.models.canned_reply import Phrase, PhraseTranslation


class PhraseTranslationInline(admin.TabularInline):
    model = PhraseTranslation
    extra = 1


@admin.register(Phrase)
class PhraseAdmin(AuditedModelAdmin):
    list_purpose = _("Canned replies, which the review queue offers with one key. Signers read them in their language.")
    purpose = _("One canned reply, in each language.")
    list_display = ("text", "use", "position", "is_offered")
    list_filter = ("use", "is_offered")
    search_fields = ("text",)
    inlines = (PhraseTranslationInline,)
    show_facets = admin.ShowFacets.NEVER

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.search_help_text = str(_("Search the texts of the canned replies."))
        return changelist

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allows to delete one reply at a time, and only if no signer has received it."""
        if obj is None or not super().has_delete_permission(request, obj):
            return False
        return not AuditEntry.objects.filter(phrase=obj).exists()

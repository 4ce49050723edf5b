"""The admin of the pages about the site. A new page starts with the default text."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.statements.admin.versions import TextField
from signatures.statements.default_page_texts import default_text
from signatures.statements.models.page import Page
from signatures.web.markdown import to_html


class PageForm(forms.ModelForm):
    text = TextField()

    class Meta:
        model = Page
        fields = ("kind", "language", "text")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in {"kind", "language"} & self.fields.keys():  # a read-only form has no fields
                self.fields[name].disabled = True

    def is_multipart(self) -> bool:
        """URL encoding would triple the size of Hindi and Arabic text."""
        return True


@admin.register(Page)
class PageAdmin(AuditedModelAdmin):
    list_purpose = _("The pages about the site itself: who runs it, and how it handles personal data.")
    purpose = _("One page about the site in one language, written in Markdown.")
    form = PageForm
    list_display = ("kind", "language", "changed_at", "page")
    list_filter = ("kind", "language")
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Returns the default text of the page and language that the address names."""
        params = super().get_changeform_initial_data(request)
        kind, language = params.get("kind"), params.get("language", settings.LANGUAGE_CODE)
        if kind in Page.Kind.values and language in dict(settings.LANGUAGES):
            with override(language):
                return {"kind": kind, "language": language, "text": default_text(kind)}
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        add = reverse("admin:signatures_page_add")
        drafts = [(kind.label, f"{add}?kind={kind.value}") for kind in Page.Kind]
        return super().changelist_view(request, {"drafts": drafts, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        obj.html, obj.changed_at = to_html(obj.text), timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("page"))
    def page(self, page: Page) -> str:
        with override(page.language):
            return format_html('<a href="{0}" dir="ltr">{0}</a>', reverse(f"signatures:{page.kind}"))

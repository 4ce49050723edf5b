from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.public.models.tally import Tally, TallyEntry, count
from signatures.statements.admin.appearance import StatementForm, deleting_old_pictures
from signatures.statements.admin.versions import TranslationFormSet, TranslationInline, VersionInline
from signatures.statements.edit_text import ReasonRequired
from signatures.statements.models.sector import OfferedSector
from signatures.statements.models.statement import Statement
from signatures.web.languages.localized_numbers import number


class OfferedSectorFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        offers = [form for form in kept if getattr(form, "cleaned_data", {}).get("sector")]
        if self.instance.state == Statement.State.OPEN and not offers:
            raise forms.ValidationError(_("Offer at least one sector. Nobody can sign without choosing one."))


class OfferedSectorInline(admin.TabularInline):
    model = OfferedSector
    formset = OfferedSectorFormSet
    extra = 1


@admin.register(Statement)
class StatementAdmin(AuditedModelAdmin):
    list_purpose = _("The texts that people sign: when they open and close, how they look, and how many signed.")
    purpose = _("One statement: its text in each language, its sectors, when it opens and how it looks.")
    list_display = ("title", "state", "signed", "opens_at", "closes_at", "is_featured", "page")
    list_filter = ("state",)
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ("opens_at", "closes_at")
    form = StatementForm
    inlines = (OfferedSectorInline, TranslationInline, VersionInline)
    readonly_fields = ("tally", "mailboxes_erased_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        counted = Coalesce(_sum_subquery(Tally), 0) + Coalesce(_sum_subquery(TallyEntry), 0)
        return super().get_queryset(request).annotate(counted=counted).prefetch_related("translations")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = ["slug", "language", "organiser", "contact", "goal"]
        schedule = ["state", "opens_at", "closes_at", "is_featured", "needs_second_yes", "proof_above"]
        schedule.append("sends_reminders")
        delivery = ["delivered_at", "keep_mailboxes_for", "mailboxes_erased_at"]
        look = ["accent", "accent_dark", "logo", "share_picture", "names_in_search_engines"]
        return [
            (None, {"fields": [*about, "tally"] if obj else about}),
            (_("Opening and closing"), {"fields": schedule}),
            (_("Look"), {"fields": look}),
            (_("Delivery"), {"fields": delivery if obj else delivery[1:2]}),
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"opens_at": timezone.now(), **super().get_changeform_initial_data(request)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allows it for a draft without signatures and audit entries, from its own page."""
        if obj is None or not super().has_delete_permission(request, obj):
            return False
        return not obj.signatures.exists() and not obj.audit.exists()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its versions are deleted with it, although nobody has the permission to delete a version alone."""
        deleted, counts, _permissions_lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def view_on_site(self, statement: Statement) -> str | None:
        if statement.state == Statement.State.DRAFT:
            return None
        return reverse("signatures:statement", args=[statement.slug])

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ReasonRequired:  # the first signer confirmed after the form was checked, so check it again
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Statement, form: Any, change: bool) -> None:
        with deleting_old_pictures(obj):
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TranslationFormSet):
            formset.save_through_actions(actor=request.user, now=timezone.now())  # type: ignore[arg-type]
        else:
            super().save_formset(request, form, formset, change)

    @admin.display(description=_("title"))
    def title(self, statement: Statement) -> str:
        titles = {translation.language: translation.title for translation in statement.translations.all()}
        title = titles.get(get_language() or "") or titles.get(statement.language) or statement.slug
        return format_html("<bdi>{}</bdi>", title)

    @admin.display(description=_("signed by"))
    def signed(self, statement: Any) -> str:
        return number(statement.counted)

    @admin.display(description=_("page"))
    def page(self, statement: Statement) -> str:
        address = self.view_on_site(statement)
        return format_html('<a href="{0}" dir="ltr">{0}</a>', address) if address else ""

    @admin.display(description=_("signatures"))
    def tally(self, statement: Statement) -> str:
        """Shows the counts as a link to the list of signatures."""
        counts = count(statement.pk)
        address = reverse("admin:signatures_signature_changelist")
        return format_html(
            '<a href="{}?{}">{}</a>',
            address,
            urlencode({"statement__id__exact": statement.pk}),
            _("%(all)s counted, %(listed)s of them shown, %(organisations)s organisations")
            % {
                "all": number(counts.all),
                "listed": number(counts.listed),
                "organisations": number(counts.organisations),
            },
        )


def _sum_subquery(model: Any) -> Subquery:
    """Sums one table of counts for each statement of the list."""
    sums = model.objects.filter(statement=OuterRef("pk")).values("statement").annotate(sum=Sum("counted"))
    return Subquery(sums.values("sum"), output_field=IntegerField())

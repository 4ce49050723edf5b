from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signatures.audit.reasons import MAX_REASON_LENGTH
from signatures.desk.admin.audit_log import AuditInline
from signatures.desk.drilldown import FigureFilter, TrendFilter
from signatures.identity.search_keys import fold_query
from signatures.mail.admin import EmailInline
from signatures.mail.mailbox_access import decrypted_mailbox, may_see_mailboxes, searched_mailbox
from signatures.mail.models.email import Suppression
from signatures.public.search import matching
from signatures.review.admin.actions import (
    MODERATION_ACTIONS,
    ReasonForm,
    admin_action,
    content_hash_field_name,
)
from signatures.review.admin.filters import (
    ImportFilter,
    ListFilter,
    ResembledNameFilter,
    ReviewFilter,
    RuleFilter,
    SectorFilter,
)
from signatures.review.admin.logos import logo_url, logo_view
from signatures.review.admin.rules import RuleMarkInline
from signatures.signing.correct import quote
from signatures.signing.fields import QuotationField
from signatures.signing.models.flag import in_words
from signatures.signing.models.signature import Signature
from signatures.transfers.admin import exports
from signatures.web.admin.page_purpose import with_purpose
from signatures.web.admin.read_only import ReadOnlyModelAdmin
from signatures.web.fresh_password import require_fresh_password

SIGNER_FIELDS = (
    "name",
    "credit",
    "quotation",
    "organisation",
    "kind",
    "sector_label",
    "visibility",
    "wants_updates",
    "language",
)
ORGANISATION_FIELDS = "website", "officer", "officer_post"
STATUS_FIELDS = "state", "marks", "mailed", "import_cell", "created_at", "confirmed_at", "hidden_at", "erased_at"


class QuotationForm(forms.Form):
    quotation = QuotationField(
        label=_("Quotation"),
        help_text=_("Leave empty to remove the quotation."),
        widget=AdminTextareaWidget(attrs={"dir": "auto"}),
    )
    reason = forms.CharField(
        label=_("Reason:"),
        help_text=_("Where you got it. Your colleagues read this in the audit log."),
        max_length=MAX_REASON_LENGTH,
        widget=AdminTextInputWidget(attrs={"dir": "auto"}),
    )


@admin.register(Signature)
class SignatureAdmin(ReadOnlyModelAdmin):
    """Shows what signers wrote, read-only. All changes go through the actions of review/admin/actions.py."""

    list_purpose = _("All signatures, in every state. Tick some, choose an action, and enter a reason.")
    purpose = _("One signature: what the signer wrote, its status, and its history.")
    actions = [admin_action(action) for action in MODERATION_ACTIONS]
    action_form = ReasonForm
    list_display = (
        "who", "sector_label", "state", "marks", "statement", "language", "signed",
    )  # fmt: skip
    list_filter = (
        ReviewFilter,
        ResembledNameFilter,
        "state",
        ListFilter,
        "notable",
        ("sector", SectorFilter),
        "statement",
        "created_at",
        RuleFilter,
        FigureFilter,
        TrendFilter,
        ImportFilter,
    )
    list_select_related = ("statement", "sector", "resembles")
    search_fields = ("name",)
    sortable_by = ("signed",)
    empty_value_display = ""
    readonly_fields = ("import_cell", "sector_label", "wants_updates", "address", "marks", "mailed")
    inlines = (AuditInline, RuleMarkInline, EmailInline)
    change_form_template = "admin/signatures/signature/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        return (
            super()
            .get_queryset(request)
            .defer("search_key", "sort_key", "resembles__keys")
            .prefetch_related("sector__translations")
        )

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signatures.moderate_signature")

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(require_fresh_password(self.export))
        quotation = self.admin_site.admin_view(self.quotation_view)
        urls = [
            path("export/", export, name="signature_export"),
            path("<path:object_id>/quotation/", quotation, name="signature_quotation"),
            path("<path:object_id>/logo/", self.admin_site.admin_view(self.logo_view), name="signature_logo"),
        ]
        return urls + super().get_urls()

    @with_purpose(_("Exports signatures to a file, with a reason that your colleagues can read."))
    def export(self, request: HttpRequest) -> HttpResponseBase:
        return exports.export(request, {**self.admin_site.each_context(request), "opts": self.opts})

    # The list of signatures

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"may_export": exports.may_export(request), **(extra_context or {})})

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        changelist.search_help_text = str(_("A name in any script."))
        if may_see_mailboxes(request):
            changelist.search_help_text = str(_("A name in any script, or a complete email address."))
        return changelist

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        if "@" in search_term and (mailbox := searched_mailbox(request, search_term)):
            return queryset.from_mailbox(mailbox), False  # type: ignore[attr-defined]
        query = fold_query(search_term)
        return matching(queryset, query) if query.letters else queryset.none(), False  # type: ignore[type-var]

    def response_action(self, request: HttpRequest, queryset: QuerySet[Signature], *where: Any) -> HttpResponse | None:
        """Applies to all chosen rows, even to those that no longer match the filters after a colleague's decision."""
        is_all = request.POST.get("select_across") == "1"
        response = super().response_action(request, queryset if is_all else self.get_queryset(request), *where)
        if "one" in request.POST and isinstance(response, HttpResponseRedirect) and "review" in request.GET:
            return self._redirect_to_next(request, queryset) or response
        return response

    def _redirect_to_next(self, request: HttpRequest, signatures: QuerySet[Signature]) -> HttpResponse | None:
        """Goes from a decided signature directly to the next one of the same filtered list."""
        last = self.get_object(request, request.POST["one"])
        if last is not None:
            signatures = signatures.exclude(id=last.id)
        following = (last and signatures.filter(id__lt=last.id).first()) or signatures.first()
        if following is None:
            return None
        page = reverse("admin:signatures_signature_change", args=[following.id])
        return HttpResponseRedirect(f"{page}?{urlencode({'_changelist_filters': request.GET.urlencode()})}")

    # The page of one signature

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Signature | None:
        """Loads the signature with all related rows that its page shows, in one query."""
        related = "statement", "version", "sector", "check_of", "resembles"
        with suppress(ValidationError):
            signatures = self.get_queryset(request).select_related(*related)
            return signatures.filter(pk=self.opts.pk.to_python(object_id)).first()
        return None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        address = ("address",) if may_see_mailboxes(request) else ()
        more = ORGANISATION_FIELDS if obj and obj.is_organisation else ()
        return [
            (_("What the signer wrote"), {"fields": (*SIGNER_FIELDS, *more, *address)}),
            (_("What was signed"), {"fields": ("statement", "version")}),
            (_("Status"), {"fields": STATUS_FIELDS}),
        ]

    @with_purpose(_("A quotation of a notable, in their own words. It is shown with the notables."))
    def quotation_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Edits the quotation of a notable. The same checks apply as on the signer's own form."""
        signature = self.get_object(request, object_id)
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        if signature is None:
            raise Http404
        form = QuotationForm(request.POST or None, initial={"quotation": signature.quotation})
        if request.method == "POST" and form.is_valid():
            is_done = quote(
                signature_id=signature.id,
                actor=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
                **form.cleaned_data,
            )
            if is_done:
                messages.success(request, gettext("Saved."))
            else:
                messages.warning(
                    request, gettext("Nothing was changed: the quotation is the same, or the signatory is not notable.")
                )
            return HttpResponseRedirect(reverse("admin:signatures_signature_change", args=[signature.id]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Quotation"),
            "opts": self.opts,
            "original": signature,
            "form": form,
        }
        template = "admin/signatures/signature/quotation.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)

    @with_purpose(_("The logo beside an organisation’s name. Check it carefully: the public sees it immediately."))
    def logo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return logo_view(request, self.get_object(request, object_id), context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        signature = self.get_object(request, object_id)
        actions = [action for action in MODERATION_ACTIONS if action.applies_to(signature)] if signature else []
        filters = request.GET.get("_changelist_filters", "")
        context = {
            "moderation_actions": actions if self.has_moderate_permission(request) else [],
            "face_name": content_hash_field_name(object_id),
            "decide_url": f"{reverse('admin:signatures_signature_changelist')}?{filters}",
            "why": self.marks(signature) if signature and signature.is_awaiting_review else "",
            "longest_reason": MAX_REASON_LENGTH,
            "may_have_logo": bool(signature and signature.may_have_logo) and self.has_moderate_permission(request),
            "logo_url": logo_url(signature) if signature else "",
            "may_quote": bool(signature and signature.notable) and self.has_moderate_permission(request),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Redirects to the audit log: nothing else changes a signature in the admin."""
        log = reverse("admin:signatures_auditentry_changelist")
        return HttpResponseRedirect(f"{log}?{urlencode({'signature__id__exact': object_id})}")

    # The cells of the list

    def action_checkbox(self, obj: Signature) -> SafeString:
        """Adds the hash of the shown content, so that a decision applies to nothing else."""
        face = format_html('<input type="hidden" name="{}" value="{}">', content_hash_field_name(obj.pk), obj.face)
        return super().action_checkbox(obj) + face

    @admin.display(description=_("name"))
    def who(self, signature: Signature) -> str:
        """Shows the name with its credit, and a proposed correction."""
        details = " · ".join(filter(None, [signature.credit, signature.organisation, signature.website_host]))
        moved_to = signature.proposed_website if signature.proposed_website != signature.website else ""
        proposed = " · ".join(filter(None, [signature.proposed_name, signature.proposed_credit, moved_to]))
        cells = [format_html("<bdi>{}</bdi>", signature)]
        if details:
            cells.append(format_html("<small><bdi>{}</bdi></small>", details))
        if signature.proposed_at:
            cells.append(format_html('<small class="proposed">{} <bdi>{}</bdi></small>', _("proposed:"), proposed))
        return format_html_join("", "{}", ((cell,) for cell in cells))

    @admin.display(description=_("sector"), ordering="sector__position")
    def sector_label(self, signature: Signature) -> str:
        return signature.sector.label

    @admin.display(description=_("flags"))
    def marks(self, signature: Signature) -> str:
        """Lists what is unusual: hidden by a moderator, anonymous, notable, flagged."""
        labels = [
            signature.hidden_at and _("hidden"),
            signature.visibility == Signature.Visibility.ANONYMOUS and _("not named"),
            signature.notable and _("notable"),
            *in_words(signature.flags),
            signature.is_awaiting_review
            and signature.resembled_name
            and _("could pass for %s") % signature.resembled_name,
        ]
        return ", ".join(str(label) for label in labels if label)

    @admin.display(description=_("signed"), ordering="id")
    def signed(self, signature: Signature) -> str:
        return formats.date_format(signature.created_at, "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("wants updates"))
    def wants_updates(self, signature: Signature) -> str:
        return str(_("yes") if signature.updates else _("no"))

    @admin.display(description=_("mailbox"))
    def address(self, signature: Signature) -> str:
        return decrypted_mailbox(signature)

    @admin.display(description=_("import"))
    def import_cell(self, signature: Signature) -> str:
        return signature.imported.source if signature.imported else ""

    @admin.display(description=_("receives email"))
    def mailed(self, signature: Signature) -> str:
        if signature.mailbox is None:
            return str(_("no: the mailbox is erased"))
        suppression = Suppression.objects.filter(mailbox_digest__in=signature.digests()).first()
        return suppression.get_reason_display() if suppression else str(_("yes"))

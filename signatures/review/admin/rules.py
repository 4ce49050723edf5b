"""The admin pages of rules: write a rule, see its dry run, apply it, undo it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.audit.reasons import MAX_REASON_LENGTH, REASON_MESSAGES
from signatures.review.apply_rule import apply_rule, undo_rule
from signatures.review.models.rule import Rule, RuleMark
from signatures.web.admin.read_only import ReadOnlyMixin, ReadOnlyModelAdmin

SAMPLE_SIZE = 20
DRY_RUN_SECONDS = 20  # less than the time limit of a web worker

CRITERIA_FIELDS = "statement", "domain", "network", "pattern", "signed_from", "signed_until"
EDITABLE_FIELDS = "act", *CRITERIA_FIELDS, "reason", "told"


class UndoForm(forms.Form):
    reason = forms.CharField(
        max_length=MAX_REASON_LENGTH,
        error_messages=REASON_MESSAGES,
    )


@admin.register(Rule)
class RuleAdmin(AuditedModelAdmin, ReadOnlyModelAdmin):
    """A new rule changes nothing. Its page first shows what it would do."""

    list_purpose = gettext_lazy(
        "One decision about many signatures: all from a domain or a network, with a name, or in a period. Each rule "
        "first shows what it would change, and can be undone."
    )
    purpose = gettext_lazy(
        "One rule: which signatures it matches, and what it would change, before you apply or undo it."
    )
    list_display = ("__str__", "statement", "status", "changed", "author", "created_at", "reason")
    list_filter = ("status", "act", "statement")
    list_select_related = ("statement", "author")
    sortable_by = ()
    empty_value_display = ""
    change_form_template = "admin/signatures/rule/change_form.html"
    change_list_template = "admin/signatures/rule/change_list.html"
    add_form_template = "admin/change_form.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("signatures.add_rule")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [
                (None, {"fields": ("act",)}),
                (
                    _("Signatures that match"),
                    {
                        "fields": CRITERIA_FIELDS,
                        "description": _("A signature has to match all criteria that you fill in."),
                    },
                ),
                (_("Why"), {"fields": ("reason", "told")}),
            ]
        progress_fields = ("author", "created_at", "actor", "undo_reason", "began_at", "ended_at")
        return [
            (_("Signatures that match"), {"fields": EDITABLE_FIELDS}),
            (_("Progress"), {"fields": progress_fields}),
        ]

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        obj.author, obj.created_at = request.user, timezone.now()  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Rule, post_url_continue: str | None = None) -> HttpResponse:
        return HttpResponseRedirect(_page_url(obj.pk))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rule = self.get_object(request, object_id)
        if rule is None or not self.has_view_permission(request, rule):
            return super().change_view(request, object_id, form_url)
        if request.method == "POST":
            return self._handle_step(request, rule)
        return self._render_page(request, rule, extra_context)

    def _handle_step(self, request: HttpRequest, rule: Rule) -> HttpResponse:
        if not self.has_add_permission(request) or not {"_apply", "_undo"} & set(request.POST):
            raise PermissionDenied
        by: dict[str, Any] = {"rule_id": rule.pk, "actor": request.user, "now": timezone.now()}
        form = UndoForm(request.POST)
        if "_apply" in request.POST:
            is_done = apply_rule(**by)
        elif "_undo" in request.POST and form.is_valid():
            is_done = undo_rule(**by, reason=form.cleaned_data["reason"])
        else:
            return self._render_page(request, rule, {"undo_form": form}, status=422)
        if not is_done:
            messages.warning(
                request, _("Nothing was changed: a colleague was faster. This page shows the current state.")
            )
        return HttpResponseRedirect(_page_url(rule.pk))

    def _render_page(
        self, request: HttpRequest, rule: Rule, extra_context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        context = {
            "may_act": self.has_add_permission(request),
            "longest": MAX_REASON_LENGTH,
            "signatures_url": reverse("admin:signatures_signature_changelist") + f"?{urlencode({'rule': rule.pk})}",
            **(_dry_run(rule) if rule.status == Rule.Status.DRAFT else {}),
            **(extra_context or {}),
        }
        response = self.page_of(request, rule, context, status=status)
        if rule.is_running:
            response["Refresh"] = "2"
        return response


def _dry_run(rule: Rule) -> dict[str, Any]:
    """Counts what the rule would change now, without a change."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{DRY_RUN_SECONDS}s'")
            effects = rule.effects()
            sample = rule.matches().select_related("statement").order_by("-id")[:SAMPLE_SIZE]
            spared = rule.described_signatures().filter(notable=True).count()
            return {"effects": effects, "sample": list(sample), "spared": spared}
    except OperationalError:
        return {"too_slow": True}


def _page_url(rule_id: int) -> str:
    return reverse("admin:signatures_rule_change", args=[rule_id])


class RuleMarkInline(ReadOnlyMixin, admin.TabularInline):
    model = RuleMark
    verbose_name_plural = gettext_lazy("changes made by rules")
    fields = ("rule_link", "state", "is_restored")
    readonly_fields = ("rule_link",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("rule")

    @admin.display(description=gettext_lazy("rule"))
    def rule_link(self, mark: RuleMark) -> str:
        return format_html('<a href="{}"><bdi>{}</bdi></a>', _page_url(mark.rule_id), mark.rule)

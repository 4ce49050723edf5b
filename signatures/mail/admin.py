from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.mail.admin_filters import ReplyFilter
from signatures.mail.mailbox_access import decrypted_mailbox, may_see_mailboxes, searched_mailbox
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.outbox_health import outbox_health
from signatures.mail.outbox_wait import backlog_by_provider, budget_lasts_until, mail_server_resumes_at
from signatures.web.admin.read_only import ReadOnlyMixin, ReadOnlyModelAdmin, admin_link

FAILURES_FIRST = Case(When(status=Mail.Status.FAILED, then=0), default=1)


@admin.register(Mail)
class EmailAdmin(ReadOnlyModelAdmin):
    """Shows the outbox. Organisers send a failed email again on the page of its signature, with a reason."""

    list_purpose = _("Every email that the site sends, its status, and the reason if it failed.")
    purpose = _("One email: its signature, the times of its attempts, and the last reply of the mail server.")
    list_display = ("kind", "status", "signature_link", "statement", "created_at", "attempts", "last_error", "sent_at")
    list_filter = ("status", "kind", "signature__statement", ReplyFilter)
    list_select_related = ("signature__statement", "invitation__statement")
    ordering = (FAILURES_FIRST, "-id")
    sortable_by = ()
    empty_value_display = ""
    readonly_fields = ("signature_link", "statement", "address")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        address = ("address",) if may_see_mailboxes(request) else ()
        return (
            "kind", "status", "signature_link", "statement", *address, "language", "generation", "attempts",
            "last_error", "created_at", "due_at", "next_attempt_at", "sent_at", "message_id",
        )  # fmt: skip

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        now = timezone.now()
        backlogs = backlog_by_provider(now=now)
        context = {
            "now": now,
            "in_a_minute": now + timedelta(minutes=1),
            "waiting": backlogs,
            "budget_lasts_until": budget_lasts_until(backlogs, now=now),
            "mail_server_resumes_at": mail_server_resumes_at(now=now),
            "is_sending": outbox_health(now=now).is_worker_alive(now),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=_("signature"))
    def signature_link(self, mail: Mail) -> str:
        return admin_link(mail.addressee)

    @admin.display(description=_("statement"))
    def statement(self, mail: Mail) -> str:
        return str(mail.addressee.statement)

    @admin.display(description=_("mailbox"))
    def address(self, mail: Mail) -> str:
        return decrypted_mailbox(mail.addressee)


class EmailInline(ReadOnlyMixin, admin.TabularInline):
    model = Mail
    verbose_name_plural = _("mails")
    fields = ("kind", "status", "created_at", "sent_at", "attempts", "last_error")
    show_change_link = True


@admin.register(Suppression)
class SuppressionAdmin(AuditedModelAdmin, ReadOnlyModelAdmin):
    """Lists the suppressed mailboxes. After deletion of a row, the mailbox gets emails again."""

    list_purpose = _(
        "Mailboxes that get no email, because their owner or their server refused it. Delete a row to allow email"
        " again."
    )
    purpose = _("One mailbox that gets no email, and the reason.")
    list_display = ("__str__", "reason", "created_at")
    list_filter = ("reason",)
    search_fields = ("mailbox_digest",)
    search_help_text = _("A complete email address.")
    fields = ("__str__", "reason", "created_at")
    readonly_fields = ("__str__",)
    sortable_by = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("signatures.delete_suppression")

    def name_in_audit(self, obj: Suppression) -> str:
        return obj.get_reason_display()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        searched = searched_mailbox(request, search_term)
        return queryset.filter(mailbox_digest__in=searched.digests if searched else []), False

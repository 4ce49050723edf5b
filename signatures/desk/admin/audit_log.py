from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from signatures.audit.models import AuditEntry, AuditQuerySet
from signatures.desk.audit_search import entries_with
from signatures.web.admin.read_only import ReadOnlyMixin, ReadOnlyModelAdmin, admin_link
from signatures.web.languages.localized_numbers import number

MAX_SEARCH_WORDS = 6
BULK_ACTIONS = (AuditEntry.Action.DECIDE_MANY, AuditEntry.Action.UNDO_MANY)

DETAILS: dict[str, Promise] = {
    "invitations": _("invitations"),
    "signers": _("signers"),
    "lines": _("lines"),
    "whom": _("Which signatures"),
    "state": _("state"),
    "kind": _("kind"),
    "sector": _("sector"),
    "format": _("Format"),
    "mailboxes": _("With mailboxes"),
}
"""Labels of the keys in `details`, in the order of display."""


class ActorFilter(admin.RelatedOnlyFieldListFilter):
    """Offers only users who have acted. The heading is "user", because the field is called "by"."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = User._meta.verbose_name


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyModelAdmin):
    list_purpose = _(
        "Every action in admin: the person, the time, the object and the reason. Entries cannot be changed or deleted."
    )
    purpose = _("One action: the person, the time, the change and the reason.")
    list_display = ("created_at", "actor", "action", "about", "signatures", "reason", "change")
    list_filter = ("action", ("actor", ActorFilter), "statement")
    list_select_related = ("actor", "signature", "rule", "statement")
    date_hierarchy = "created_at"
    search_fields = ("reason",)
    search_help_text = _("Search for a person, an action, an object, words of the reason, or a day like 2026-11-03.")
    sortable_by = ()
    empty_value_display = ""
    fields = (
        "created_at",
        "actor_name",
        "action",
        "signature_link",
        "rule_link",
        "statement",
        "object_link",
        "subject",
        "many",
        "reason",
        "told",
        "before",
        "after",
        "details_in_words",
    )
    readonly_fields = ("actor_name", "signature_link", "rule_link", "object_link", "details_in_words")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Also allows the links from the pages of a signature and a rule."""
        return lookup in ("signature__id__exact", "rule__id__exact") or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Finds entries that contain every word, in any field."""
        for word in search_term.split()[:MAX_SEARCH_WORDS]:
            queryset = entries_with(cast(AuditQuerySet, queryset), word)
        return queryset, False

    @admin.display(description=_("by"))
    def actor_name(self, entry: AuditEntry) -> str:
        return str(entry.actor or "")

    @admin.display(description=_("about"))
    def about(self, entry: AuditEntry) -> str:
        about = entry.signature or entry.rule or entry.statement
        parts: list[str] = [format_html("<bdi>{}</bdi>", entry.subject)] if entry.subject else []
        parts += [_object(entry)] if entry.object_type and not entry.subject and not _is(about, entry) else []
        parts += [admin_link(about)] if about else []
        return format_html_join(" · ", "{}", ((shown,) for shown in parts)) or str(_("the whole site"))

    @admin.display(description=_("signatures"))
    def signatures(self, entry: AuditEntry) -> str:
        """Is empty for entries that are not about signatures: a login, a switch, a pack."""
        is_about_some = entry.signature_id or entry.rule_id or entry.many != 1 or entry.action in BULK_ACTIONS
        return number(entry.many) if is_about_some else ""

    @admin.display(description=_("signature"))
    def signature_link(self, entry: AuditEntry) -> str:
        return admin_link(entry.signature) if entry.signature else ""

    @admin.display(description=_("rule"))
    def rule_link(self, entry: AuditEntry) -> str:
        return admin_link(entry.rule) if entry.rule else ""

    @admin.display(description=_("object"))
    def object_link(self, entry: AuditEntry) -> str:
        return _object(entry) if entry.object_type else ""

    @admin.display(description=_("details"))
    def details_in_words(self, entry: AuditEntry) -> str:
        return " · ".join(_details(entry))

    @admin.display(description=_("change"))
    def change(self, entry: AuditEntry) -> str:
        change = " → ".join(filter(None, [entry.before, entry.after]))
        return " · ".join(filter(None, [change, *_details(entry)]))


def _is(row: Model | None, entry: AuditEntry) -> bool:
    """Returns whether the entry's object is this row, which has a link of its own."""
    return row is not None and (row._meta.model_name, row.pk) == (entry.object_type, entry.object_id)


def _object(entry: AuditEntry) -> str:
    """Returns the object's type and number, linked if it has a page. The row may be deleted, so it is not read."""
    models = {model._meta.model_name: model for model in apps.get_models()}
    model = models.get(entry.object_type)
    text = f"{model._meta.verbose_name if model else entry.object_type} {entry.object_id}"
    if model is None or entry.action == AuditEntry.Action.DELETE or not admin.site.is_registered(model):
        return format_html("<bdi>{}</bdi>", text)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[entry.object_id])
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, text)


def _details(entry: AuditEntry) -> Iterator[str]:
    """Yields "label: value" for each detail, or only the label if the value is True."""
    for key in [key for key in DETAILS if key in entry.details]:
        value = entry.details[key]
        yield str(DETAILS[key]) if value is True else f"{DETAILS[key]}: {value}"


class AuditInline(ReadOnlyMixin, admin.TabularInline):
    model = AuditEntry
    verbose_name_plural = _("moderators' actions")
    fields = ("created_at", "actor_name", "action", "reason")
    readonly_fields = ("actor_name",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("actor")

    @admin.display(description=_("by"))
    def actor_name(self, entry: AuditEntry) -> str:
        return str(entry.actor or "")

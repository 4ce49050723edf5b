from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.rule import Rule
from signatures.signing.models.signature import Signature
from signatures.web import params
from signatures.web.languages.localized_numbers import number

MAX_CHOICES = 15


class ReviewFilter(admin.SimpleListFilter):
    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting")), ("held", _("held")), ("correction", _("correction proposed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Signature]) -> QuerySet[Signature]:
        if self.value() == "waiting":
            return queryset.awaiting_review()  # type: ignore[attr-defined]
        if self.value() == "held":
            return queryset.filter(state=Signature.State.HELD)
        if self.value() == "correction":
            return queryset.filter(proposed_at__isnull=False)
        return queryset


class ListFilter(admin.SimpleListFilter):
    title = _("public list")
    parameter_name = "list"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("listed", _("shown")), ("hidden", _("hidden by a moderator")), ("unlisted", _("not shown"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Signature]) -> QuerySet[Signature]:
        if self.value() == "hidden":
            return queryset.filter(hidden_at__isnull=False)
        if self.value() in ("listed", "unlisted"):
            return queryset.filter(listed=self.value() == "listed")
        return queryset


class _LinkedFilter(admin.SimpleListFilter):
    """A filter without choices in the sidebar. Another page links to it with an id, and the sidebar shows that row."""

    def has_output(self) -> bool:
        return bool(self.value())

    def _number(self) -> int:
        return params.parse_row_id(self.value() or "")


class RuleFilter(_LinkedFilter):
    title = _("rule")
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rule = Rule.objects.filter(id=self._number()).first()
        return [(str(rule.pk), rule)] if rule else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Signature]) -> QuerySet[Signature]:
        return queryset.filter(rule_marks__rule=self._number()) if self.value() else queryset


class ResembledNameFilter(admin.SimpleListFilter):
    """Filters by the protected name that a signature could pass for. The sidebar offers the names of waiting ones."""

    title = _("could pass for")
    parameter_name = "whom"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        offered = ProtectedName.objects.resembled_names(Signature.objects.awaiting_review())[:MAX_CHOICES]
        choices = [(str(row), f"{name} ({number(count)})") for row, name, count in offered]
        value = request.GET.get(self.parameter_name, "")
        chosen = None if value in dict(choices) else _protected_name(value)
        return [*([(value, chosen.name)] if chosen else []), *choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Signature]) -> QuerySet[Signature]:
        if not self.value():
            return queryset
        protected_name = _protected_name(self.value() or "")
        return queryset.resembling(protected_name.name) if protected_name else queryset.none()  # type: ignore[attr-defined]


def _protected_name(text: str) -> ProtectedName | None:
    return ProtectedName.objects.filter(id=params.parse_row_id(text)).first()


class ImportFilter(_LinkedFilter):
    """Filters by the import that a signature came with."""

    title = _("import")
    parameter_name = "import"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(self._number()), self._number())] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Signature]) -> QuerySet[Signature]:
        return queryset.filter(imported=self._number()) if self.value() else queryset


class SectorFilter(admin.RelatedFieldListFilter):
    """Shows the sectors in the moderator's language."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        sectors = field.related_model.objects.prefetch_related("translations")
        return [(sector.pk, sector.label) for sector in sectors]

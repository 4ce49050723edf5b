"""Records every addition, change and deletion in admin in the audit log, with the values before and after."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_desk_action

Action = AuditEntry.Action
UNLOGGED_FIELDS = ("password", "password1", "password2", "usable_password", "email")
"""The log says that these changed, but not their values."""

Values = tuple[str, str]


class AuditedModelAdmin(admin.ModelAdmin):
    change_is = Action.CHANGE

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        request.audited_values = ("", "") if add else _changed(form)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._note(request, Action.ADD, obj, reason=_as_text(message))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        if message:  # empty if nothing was changed
            before, after = getattr(request, "audited_values", ("", ""))
            self._note(request, self.change_is, obj, reason=_as_text(message), before=before, after=after)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Replaces Django's own log, which no page shows for deleted rows, and which keeps their names for good."""
        for row in queryset:
            self._note(request, Action.DELETE, row)

    def name_in_audit(self, obj: Any) -> str:
        """Must return nothing that a signer may want erased, because the log keeps it for good."""
        return str(obj)

    def _note(self, request: HttpRequest, action: AuditEntry.Action, obj: Model, **texts: str) -> None:
        statement: Any = obj if _is_a(obj, "statement") else getattr(obj, "statement", None)
        if statement is not None and statement.state == statement.State.DRAFT:
            statement = None  # a statement with an entry cannot be deleted, and a draft must stay deletable
        rule = obj if _is_a(obj, "rule") else None
        name = "" if rule is not None or statement is obj else f"{obj._meta.verbose_name}: {self.name_in_audit(obj)}"
        details: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "about": obj, **texts}
        record_desk_action(action, statement=statement, rule=rule, subject=name, **details)


def _is_a(obj: Model, name: str) -> bool:
    return obj._meta.model_name == name


def _as_text(message: Any) -> str:
    """Returns the message as Django's own log would show it."""
    return LogEntry(change_message=message if isinstance(message, str) else json.dumps(message)).get_change_message()


def _changed(form: Any) -> Values:
    """Returns the values of the changed fields before and after."""
    names = [name for name in form.changed_data if name not in UNLOGGED_FIELDS]
    pairs = [(form.fields[name].label or name, *_before_and_after(form, name)) for name in names]
    before, after = ("; ".join(f"{pair[0]}: {pair[at]}" for pair in pairs) for at in (1, 2))
    return before, after


def _before_and_after(form: Any, name: str) -> Values:
    field, old, new = form.fields[name], form.initial.get(name), form.cleaned_data.get(name)
    if isinstance(field, ModelChoiceField) and not isinstance(old, Model | list | None):
        offered: Any = field.queryset
        old = offered.filter(pk=old).first()
    if _has_value(old) or _has_value(new):
        had, has = ({str(choice) for choice in value or ()} for value in (old, new))
        return ", ".join(sorted(had - has)) or "–", ", ".join(sorted(has - had)) or "–"
    return _display_value(field, old), _display_value(field, new)


def _has_value(value: Any) -> bool:
    return isinstance(value, list | QuerySet)


def _display_value(field: Any, value: Any) -> str:
    labels: Iterable[Any] = () if isinstance(field, ModelChoiceField) else getattr(field, "choices", ())
    labels_by_value = {str(key): str(label) for key, label in labels if isinstance(key, str | int)}
    return labels_by_value.get(str(value), "–" if value in (None, "") else str(value))

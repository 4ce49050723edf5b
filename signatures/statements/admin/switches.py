"""The admin page of all switches: of the whole site, and of each statement that is not closed."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.audit.reasons import MAX_REASON_LENGTH, REASON_MESSAGES
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import EFFECTS, Switch
from signatures.statements.turn_switch import turn_off, turn_on
from signatures.web.admin.read_only import ReadOnlyModelAdmin


@dataclass(frozen=True)
class SwitchRow:
    """A switch of the site or of one statement, as the page shows it. `active_switch` is its row while it is on."""

    name: str
    label: str
    effect: Promise
    active_switch: Switch | None


class SwitchForm(forms.Form):
    name = forms.ChoiceField(choices=Switch.Name.choices)
    statement = forms.ModelChoiceField(Statement.objects.all(), required=False)
    turn = forms.ChoiceField(choices=[("on", "on"), ("off", "off")])
    reason = forms.CharField(
        max_length=MAX_REASON_LENGTH,
        error_messages=REASON_MESSAGES,
    )
    told = forms.CharField(max_length=Switch._meta.get_field("told").max_length, required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("turn") == "on" and data.get("name") == Switch.Name.HIDE_NAMES and not data.get("told"):
            self.add_error("told", _("Tell visitors why the names are hidden."))
        return data


@admin.register(Switch)
class SwitchAdmin(ReadOnlyModelAdmin):
    """Switches are turned only here, each time with a reason."""

    list_purpose = gettext_lazy(
        "Switches for emergencies. A switch takes effect within seconds, visitors see a notice in their language, and "
        "the audit log keeps your reason."
    )
    purpose = gettext_lazy("One switch that is on, the time when it was turned on, and the message to visitors.")
    list_display = ("name", "statement", "told", "turned_at")
    fields = ("name", "statement", "told", "turned_at")

    def has_turn_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signatures.turn_switch")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request)
        if not self.has_turn_permission(request):
            raise PermissionDenied
        form = SwitchForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        self._turn_switch(request, form.cleaned_data)
        return HttpResponseRedirect(request.path)

    def _turn_switch(self, request: HttpRequest, data: dict[str, Any]) -> None:
        target = {"name": data["name"], "statement": data["statement"]}
        decision: dict[str, Any] = {"actor": request.user, "reason": data["reason"], "now": timezone.now()}
        if data["turn"] == "on":
            is_changed, message = turn_on(**target, **decision, message=data["told"]), _("On: %(switch)s")
        else:
            is_changed, message = turn_off(**target, **decision), _("Off: %(switch)s")
        switch = Switch(**target)
        if is_changed:
            messages.success(request, message % {"switch": switch})
        else:
            messages.warning(
                request, _("Nothing changed. The switch was already in this state: %(switch)s") % {"switch": switch}
            )

    def _page(self, request: HttpRequest, form: SwitchForm | None = None, *, status: int = 200) -> HttpResponse:
        active = {(switch.name, switch.statement_id): switch for switch in Switch.objects.select_related("statement")}
        statements = Statement.objects.exclude(state=Statement.State.CLOSED) | Statement.objects.filter(
            switches__isnull=False
        )
        groups: list[tuple[Statement | None, list[SwitchRow]]] = [(None, _switch_rows(active, None))]
        ordered = statements.distinct().order_by("-id")
        groups += [(statement, _switch_rows(active, statement.id)) for statement in ordered]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Switches"),
            "opts": self.opts,
            "groups": groups,
            "form": form,
            "typed": form.data if form else {},
            "may_turn": self.has_turn_permission(request),
            "longest": MAX_REASON_LENGTH,
        }
        return TemplateResponse(request, "admin/signatures/switch/change_list.html", context, status=status)


def _switch_rows(active: dict[tuple[str, int | None], Switch], statement_id: int | None) -> list[SwitchRow]:
    return [
        SwitchRow(name.value, str(name.label), EFFECTS[name.value], active.get((name.value, statement_id)))
        for name in Switch.Name
    ]

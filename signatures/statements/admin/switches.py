"""One page of switches: for the whole site, and for each statement that is not over."""

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
    """A switch of the site or of one statement, as the page shows it; `on` is its row."""

    name: str
    label: str
    effect: Promise
    on: Switch | None


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
            self.add_error("told", _("Say to visitors why the names are hidden."))
        return data


@admin.register(Switch)
class SwitchAdmin(ReadOnlyModelAdmin):
    """Turned here alone, each time with a reason."""

    list_purpose = gettext_lazy(
        "For when something goes wrong. What you turn is in force within seconds, visitors are told in their "
        "language, and the audit log keeps your reason."
    )
    purpose = gettext_lazy("One switch that is on, since when, and what visitors are told.")
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
        self._turn(request, form.cleaned_data)
        return HttpResponseRedirect(request.path)

    def _turn(self, request: HttpRequest, asked: dict[str, Any]) -> None:
        where = {"name": asked["name"], "statement": asked["statement"]}
        by: dict[str, Any] = {"actor": request.user, "reason": asked["reason"], "now": timezone.now()}
        if asked["turn"] == "on":
            is_done, said = turn_on(**where, **by, told=asked["told"]), _("On: %(switch)s")
        else:
            is_done, said = turn_off(**where, **by), _("Off: %(switch)s")
        switch = Switch(**where)
        if is_done:
            messages.success(request, said % {"switch": switch})
        else:
            messages.warning(request, _("It was so before: %(switch)s") % {"switch": switch})

    def _page(self, request: HttpRequest, form: SwitchForm | None = None, *, status: int = 200) -> HttpResponse:
        on = {(switch.name, switch.statement_id): switch for switch in Switch.objects.select_related("statement")}
        wanted = Statement.objects.exclude(state=Statement.State.CLOSED) | Statement.objects.filter(
            switches__isnull=False
        )
        groups: list[tuple[Statement | None, list[SwitchRow]]] = [(None, _switch_rows(on, None))]
        groups += [(statement, _switch_rows(on, statement.id)) for statement in wanted.distinct().order_by("-id")]
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


def _switch_rows(on: dict[tuple[str, int | None], Switch], statement_id: int | None) -> list[SwitchRow]:
    return [
        SwitchRow(name.value, str(name.label), EFFECTS[name.value], on.get((name.value, statement_id)))
        for name in Switch.Name
    ]

"""Exports signatures as a file, for users with "Can export signatures". The columns depend on what the user may see."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.audit.reasons import MAX_REASON_LENGTH, REASON_MESSAGES
from signatures.mail.mailbox_access import may_see_mailboxes
from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.transfers.exports.columns import columns_for
from signatures.transfers.exports.csv_file import csv_file
from signatures.transfers.exports.record_export import record_export
from signatures.transfers.exports.rows import RowSelection, row_batches
from signatures.transfers.exports.xlsx_file import xlsx_file

FORMATS = {
    "csv": (csv_file, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
LIST_FILTER_NAMES = {"statement": "statement__id__exact", "sector": "sector__id__exact", "state": "state__exact"}
ANY_CHOICE = [("", _("all"))]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON_LENGTH,
        widget=forms.TextInput(attrs={"size": 60, "dir": "auto"}),
        error_messages=REASON_MESSAGES,
    )


class SectorField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class ExportForm(ReasonForm):
    statement = forms.ModelChoiceField(
        Statement.objects.all(), label=_("Statement"), required=False, empty_label=_("all")
    )
    sector = SectorField(
        Sector.objects.prefetch_related("translations"), label=_("Sector"), required=False, empty_label=_("all")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*ANY_CHOICE, *Signature.Kind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[*ANY_CHOICE, *Signature.State.choices])
    whom = forms.ChoiceField(
        label=_("Which signatures"),
        choices=[("shown", _("those with public names")), ("all", _("all, including those without a public name"))],
    )
    format = forms.ChoiceField(label=_("Format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    with_mailboxes = forms.BooleanField(label=_("With mailboxes"), required=False)
    field_order = ("statement", "sector", "kind", "state", "whom", "format", "with_mailboxes", "reason")

    def __init__(self, *args: Any, may_see_all: bool, may_see_mailboxes: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not may_see_all:
            del self.fields["whom"], self.fields["state"]
        if not may_see_mailboxes:
            del self.fields["with_mailboxes"]

    def selection(self) -> RowSelection:
        names = ("statement", "sector", "kind", "state")
        filters = {name: value for name in names if (value := self.cleaned_data.get(name))}
        return RowSelection(only_listed=self.cleaned_data.get("whom") != "all", filters=filters)

    def details(self) -> dict[str, Any]:
        """Returns the filter and the content of the file for the audit log."""
        data = self.cleaned_data
        return {
            "whom": data.get("whom", "shown"),
            "state": data.get("state"),
            "kind": data["kind"],
            "sector": data["sector"] and data["sector"].slug,
            "format": data["format"],
            "mailboxes": data.get("with_mailboxes", False),
        }


def may_export(request: HttpRequest) -> bool:
    return request.user.has_perm("signatures.export_signature")


def export(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """Shows the form on GET and sends the file on POST. `context` is the context of every admin page."""
    if not may_export(request):
        raise PermissionDenied
    may = {"may_see_all": request.user.has_perm("signatures.view_signature")}
    may["may_see_mailboxes"] = may_see_mailboxes(request)
    if request.method == "POST":
        form = ExportForm(request.POST, **may)
        if form.is_valid():
            return _file_response(request, form, for_desk=may["may_see_all"])
    else:
        form = ExportForm(initial=_initial_from_list(request), **may)
    shown = {**context, "title": _("Export signatures"), "form": form}
    return TemplateResponse(
        request, "admin/signatures/signature/export.html", shown, status=422 if form.is_bound else 200
    )


def _initial_from_list(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[parameter] for name, parameter in LIST_FILTER_NAMES.items() if parameter in request.GET}


def _file_response(request: HttpRequest, form: ExportForm, *, for_desk: bool) -> HttpResponseBase:
    data, now = form.cleaned_data, timezone.now()
    with_mailboxes = data.get("with_mailboxes", False)
    record_export(
        statement=data["statement"],
        actor=request.user,  # type: ignore[arg-type]
        reason=data["reason"],
        details=form.details(),
        now=now,
    )
    columns = columns_for(for_desk=for_desk, with_mailboxes=with_mailboxes)
    write, kind = FORMATS[data["format"]]
    chunks = write([column.heading for column in columns], row_batches(form.selection(), columns))
    about = data["statement"].slug if data["statement"] else "signatures"
    response: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(chunks, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{about}-{now:%Y-%m-%d}.{data["format"]}"'
    response["Cache-Control"] = "no-store"
    return response

"""Admin pages of an import: upload a file, choose its columns, check the problems, send the emails."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.signing.models.signature import Signature
from signatures.transfers.admin.exports import ReasonForm
from signatures.transfers.admin.import_forms import ColumnsForm, ImportFileForm, RateForm
from signatures.transfers.exports.csv_file import csv_file
from signatures.transfers.exports.record_export import record_problem_download
from signatures.transfers.imports.apply import may_send
from signatures.transfers.imports.manage import (
    choose_columns,
    create_import,
    pause_import,
    set_import_rate,
    start_import,
    stop_import,
)
from signatures.transfers.imports.problems import problem_page, problem_rows
from signatures.transfers.imports.read_file import headings, sample_lines
from signatures.transfers.models.imports import Import, ImportLine
from signatures.web import params
from signatures.web.admin.read_only import ReadOnlyModelAdmin
from signatures.web.fresh_password import require_fresh_password
from signatures.web.tables.file_errors import error_message
from signatures.web.tables.limits import MAX_IMPORT_LINES

Status = Import.Status
FRESH_PASSWORD_REQUIRED = method_decorator(require_fresh_password)
PAGE_SIZE = 100  # problems
SAMPLE_LINES = 3  # lines shown next to the column names
REFRESH_SECONDS = 2  # while the worker reads or checks the file
REFRESH_SECONDS_WHILE_SENDING = 20


@admin.register(Import)
class ImportAdmin(ReadOnlyModelAdmin):
    list_purpose = gettext_lazy(
        "Signatures that were collected elsewhere, on paper or on another site. Each person gets one "
        "email, and is not counted or shown before they confirm."
    )
    purpose = gettext_lazy("One file of signatures: its columns, its problems, and its progress.")
    list_display = ("name", "statement", "source", "status", "lines", "brought", "author", "created_at")
    list_filter = ("statement",)
    list_select_related = ("statement", "author")
    sortable_by = ()
    empty_value_display = ""
    change_list_template = "admin/signatures/import/change_list.html"
    change_form_template = "admin/signatures/import/change_form.html"
    fields = ("statement", "source", "author", "created_at", "began_at", "ended_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("signatures.add_import")

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.problems)
        return [path("<path:object_id>/problems/", page, name="import_problems"), *super().get_urls()]

    @FRESH_PASSWORD_REQUIRED
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """Requires a password that was given recently."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            name, content = form.cleaned_data["file"]
            details = {key: form.cleaned_data[key] for key in ("statement", "source")}
            import_ = create_import(name=name, content=content, **details, **_actor_and_time(request))
            return HttpResponseRedirect(_page_url(import_.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload a file"),
            "form": form,
            "opts": self.opts,
        }
        context |= {"most": MAX_IMPORT_LINES}
        return TemplateResponse(
            request, "admin/signatures/import/file.html", context, status=422 if form.is_bound else 200
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        import_ = self.get_object(request, object_id)
        if import_ is None or not self.has_view_permission(request, import_):
            return super().change_view(request, object_id, form_url)
        if request.method == "POST":
            return self._handle_step(request, import_)
        return self._render_page(request, import_)

    @FRESH_PASSWORD_REQUIRED
    def problems(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Downloads the lines with a problem as CSV. It asks for a reason, like every export of personal data."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        import_ = self.get_object(request, object_id)
        if import_ is None:
            raise Http404
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._ask_for_reason(request, import_, form)
        record_problem_download(import_=import_, reason=form.cleaned_data["reason"], **_actor_and_time(request))
        headings, batches = problem_rows(import_)
        response = StreamingHttpResponse(csv_file(headings, batches), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="problems-{import_.pk}.csv"'
        response["Cache-Control"] = "no-store"
        return response

    def _ask_for_reason(self, request: HttpRequest, import_: Import, form: forms.Form) -> HttpResponseBase:
        context = {**self.admin_site.each_context(request), "title": _("Lines with a problem"), "opts": self.opts}
        context |= {"form": form, "original": import_}
        page = "admin/signatures/import/problems_file.html"
        return TemplateResponse(request, page, context, status=422 if form.is_bound else 200)

    @FRESH_PASSWORD_REQUIRED
    def _handle_step(self, request: HttpRequest, import_: Import) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        for name, act in STEP_HANDLERS.items():
            if name in request.POST:
                form, is_done = act(request, import_)
                if form is not None and form.errors:
                    return self._render_page(request, import_, form=form, status=422)
                if not is_done:
                    messages.warning(
                        request,
                        _(
                            "Nothing was changed: this import has changed in the meantime. "
                            "The page shows its current state."
                        ),
                    )
                return HttpResponseRedirect(_page_url(import_.pk))
        raise PermissionDenied

    def _render_page(
        self, request: HttpRequest, import_: Import, *, form: forms.Form | None = None, status: int = 200
    ) -> HttpResponseBase:
        context = {"may_act": self.has_add_permission(request), **_context(request, import_, form)}
        response = self.page_of(request, import_, context, status=status)
        if import_.is_in_progress and status == 200:
            response["Refresh"] = str(
                REFRESH_SECONDS_WHILE_SENDING if import_.status == Status.RUNNING else REFRESH_SECONDS
            )
        return response


def _choose_columns(request: HttpRequest, import_: Import) -> tuple[forms.Form | None, bool]:
    form = ColumnsForm(request.POST, import_=import_, names=headings(import_))
    if not form.is_valid():
        return form, False
    defaults = {name: form.cleaned_data[name] for name in ("sector", "language", "visibility")}
    return form, choose_columns(import_id=import_.pk, columns=form.columns, **defaults, now=timezone.now())


def _with_rate(act: Callable[..., bool]) -> Callable[[HttpRequest, Import], tuple[forms.Form | None, bool]]:
    def handle(request: HttpRequest, import_: Import) -> tuple[forms.Form | None, bool]:
        form = RateForm(request.POST)
        return form, form.is_valid() and act(
            import_id=import_.pk, pace=form.cleaned_data["pace"], **_actor_and_time(request)
        )

    return handle


def _without_form(act: Callable[..., bool]) -> Callable[[HttpRequest, Import], tuple[forms.Form | None, bool]]:
    return lambda request, import_: (None, act(import_id=import_.pk, **_actor_and_time(request)))


STEP_HANDLERS: dict[str, Callable[[HttpRequest, Import], tuple[forms.Form | None, bool]]] = {
    "_columns": _choose_columns,
    "_send": _with_rate(start_import),
    "_pace": _with_rate(set_import_rate),
    "_pause": _without_form(pause_import),
    "_stop": _without_form(stop_import),
}


def _actor_and_time(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user, "now": timezone.now()}


def _context(request: HttpRequest, import_: Import, form: forms.Form | None) -> dict[str, Any]:
    context: dict[str, Any] = {"title": _("Signatures from elsewhere"), "figures": _line_counts(import_)}
    is_again = import_.status == Status.CHECKED and "columns" in request.GET
    if import_.status == Status.READ or is_again or isinstance(form, ColumnsForm):
        return context | _column_context(import_, form)
    if import_.status == Status.REFUSED:
        return context | {"refusal": error_message(import_.problem, import_.problem_line)}
    context["pace_form"] = form or RateForm(initial={"pace": import_.pace})
    if import_.status == Status.RUNNING:
        context |= {"waits": not may_send(import_, timezone.now()), "until": _expected_end(import_)}
    if import_.status == Status.CHECKED:
        context["twin"] = (
            Import.objects.filter(digest=import_.digest, began_at__isnull=False).exclude(pk=import_.pk).first()
        )
    if import_.bad and import_.status not in (Status.CHECKING, Status.STOPPED):
        context["problems"] = problem_page(import_, after=_after_line(request), limit=PAGE_SIZE)
    if import_.began_at:
        context["outcome"] = _signature_counts(import_)
    return context


def _column_context(import_: Import, form: forms.Form | None) -> dict[str, Any]:
    names = headings(import_)
    if not isinstance(form, ColumnsForm):
        initial = {f"column-{index}": column for index, column in enumerate(import_.columns)}
        initial |= {"sector": import_.sector, "language": import_.language, "visibility": import_.visibility}
        form = ColumnsForm(initial=initial, import_=import_, names=names)
    return {"columns_form": form, "column_rows": form.rows(sample_lines(import_, SAMPLE_LINES))}


def _line_counts(import_: Import) -> list[tuple[str, int]]:
    """Counts the lines by state, the most important state first, without the empty ones."""
    State = ImportLine.State
    counts = [
        (State.READY.label, import_.ready),
        (State.BROUGHT.label, import_.brought),
        (State.BAD.label, import_.bad),
        (State.DOUBLE.label, import_.duplicates),
        (State.KNOWN.label, import_.known),
        (State.SILENT.label, import_.silent),
    ]
    return [(str(label), count) for label, count in counts if count]


def _signature_counts(import_: Import) -> list[tuple[str, int, str]]:
    """Counts the imported signatures by state. Each row has a label, the number and the state for a link."""
    signatures, states = Signature.objects.filter(imported=import_), Signature.State
    rows = [(state.label, signatures.filter(state=state).count(), state.value) for state in states]
    return [(str(label), count, state) for label, count, state in rows if count]


def _expected_end(import_: Import) -> datetime | None:
    """Returns when the last email leaves, or None if that is less than a minute away."""
    now = timezone.now()
    until = import_.expected_end(now)
    return until if until - now >= timedelta(minutes=1) else None


def _after_line(request: HttpRequest) -> int:
    return params.parse_row_id(request.GET.get("after", ""))


def _page_url(import_id: int) -> str:
    return reverse("admin:signatures_import_change", args=[import_id])

"""Signatures that were collected elsewhere, step by step: a file, its columns, a look at every problem, the mails."""

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

from signatures.desk import sessions
from signatures.signing.models.signature import Signature
from signatures.transfers.admin.exports import ReasonForm
from signatures.transfers.admin.import_forms import ColumnsForm, FileForm, RateForm
from signatures.transfers.exports.csv_file import csv_file
from signatures.transfers.exports.record_export import record_problem_download
from signatures.transfers.imports.apply import may_send
from signatures.transfers.imports.file_errors import in_words
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
from signatures.web.limits import MAX_IMPORT_LINES

Status = Import.Status
FRESH_PASSWORD_REQUIRED = method_decorator(sessions.require_fresh_password)
PAGE_SIZE = 100  # problems
SAMPLE_LINES = 3  # lines beside the names of columns
REFRESH_SECONDS = 2  # seconds, while the worker is at it
REFRESH_SECONDS_WHILE_SENDING = 20


@admin.register(Import)
class ImportAdmin(ReadOnlyModelAdmin):
    list_purpose = gettext_lazy(
        "Signatures that were collected elsewhere, on paper or on another site. Each person gets one mail that "
        "asks, and is neither counted nor shown before they press its button."
    )
    purpose = gettext_lazy(
        "One file of signatures: what its columns hold, what is wrong in it, and how far it has come."
    )
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
        """Whoever sends a file has just said who they are."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            name, content = form.cleaned_data["file"]
            said = {key: form.cleaned_data[key] for key in ("statement", "source")}
            found = create_import(name=name, content=content, **said, **_actor_and_time(request))
            return HttpResponseRedirect(_page_url(found.pk))
        context = {**self.admin_site.each_context(request), "title": _("Bring a file"), "form": form, "opts": self.opts}
        context |= {"most": MAX_IMPORT_LINES}
        return TemplateResponse(
            request, "admin/signatures/import/file.html", context, status=422 if form.is_bound else 200
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        found = self.get_object(request, object_id)
        if found is None or not self.has_view_permission(request, found):
            return super().change_view(request, object_id, form_url)
        if request.method == "POST":
            return self._act(request, found)
        return self._show(request, found)

    @FRESH_PASSWORD_REQUIRED
    def problems(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Every line with a problem, as a file for whoever mends them; with a reason, as all that leaves the site."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._ask_why(request, found, form)
        record_problem_download(found=found, reason=form.cleaned_data["reason"], **_actor_and_time(request))
        headings, batches = problem_rows(found)
        response = StreamingHttpResponse(csv_file(headings, batches), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="problems-{found.pk}.csv"'
        response["Cache-Control"] = "no-store"
        return response

    def _ask_why(self, request: HttpRequest, found: Import, form: forms.Form) -> HttpResponseBase:
        context = {**self.admin_site.each_context(request), "title": _("Lines with a problem"), "opts": self.opts}
        context |= {"form": form, "original": found}
        page = "admin/signatures/import/problems_file.html"
        return TemplateResponse(request, page, context, status=422 if form.is_bound else 200)

    @FRESH_PASSWORD_REQUIRED
    def _act(self, request: HttpRequest, found: Import) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        for name, act in STEP_HANDLERS.items():
            if name in request.POST:
                form, is_done = act(request, found)
                if form is not None and form.errors:
                    return self._show(request, found, form=form, status=422)
                if not is_done:
                    messages.warning(request, _("Nothing was done: it stands otherwise by now. This is how."))
                return HttpResponseRedirect(_page_url(found.pk))
        raise PermissionDenied

    def _show(
        self, request: HttpRequest, found: Import, *, form: forms.Form | None = None, status: int = 200
    ) -> HttpResponseBase:
        context = {"may_act": self.has_add_permission(request), **_context(request, found, form)}
        response = self.page_of(request, found, context, status=status)
        if found.is_in_progress and status == 200:
            response["Refresh"] = str(
                REFRESH_SECONDS_WHILE_SENDING if found.status == Status.RUNNING else REFRESH_SECONDS
            )
        return response


def _choose_columns(request: HttpRequest, found: Import) -> tuple[forms.Form | None, bool]:
    form = ColumnsForm(request.POST, found=found, names=headings(found))
    if not form.is_valid():
        return form, False
    said = {name: form.cleaned_data[name] for name in ("sector", "language", "visibility")}
    return form, choose_columns(import_id=found.pk, columns=form.columns, **said, now=timezone.now())


def _with_rate(act: Callable[..., bool]) -> Callable[[HttpRequest, Import], tuple[forms.Form | None, bool]]:
    def acted(request: HttpRequest, found: Import) -> tuple[forms.Form | None, bool]:
        form = RateForm(request.POST)
        return form, form.is_valid() and act(
            import_id=found.pk, pace=form.cleaned_data["pace"], **_actor_and_time(request)
        )

    return acted


def _without_form(act: Callable[..., bool]) -> Callable[[HttpRequest, Import], tuple[forms.Form | None, bool]]:
    return lambda request, found: (None, act(import_id=found.pk, **_actor_and_time(request)))


STEP_HANDLERS: dict[str, Callable[[HttpRequest, Import], tuple[forms.Form | None, bool]]] = {
    "_columns": _choose_columns,
    "_send": _with_rate(start_import),
    "_pace": _with_rate(set_import_rate),
    "_pause": _without_form(pause_import),
    "_stop": _without_form(stop_import),
}


def _actor_and_time(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user, "now": timezone.now()}


def _context(request: HttpRequest, found: Import, form: forms.Form | None) -> dict[str, Any]:
    context: dict[str, Any] = {"title": _("Signatures from elsewhere"), "figures": _line_counts(found)}
    is_again = found.status == Status.CHECKED and "columns" in request.GET
    if found.status == Status.READ or is_again or isinstance(form, ColumnsForm):
        return context | _column_context(found, form)
    if found.status == Status.REFUSED:
        return context | {"refusal": in_words(found.problem, found.problem_line)}
    context["pace_form"] = form or RateForm(initial={"pace": found.pace})
    if found.status == Status.RUNNING:
        context |= {"waits": not may_send(found, timezone.now()), "until": _expected_end(found)}
    if found.status == Status.CHECKED:
        context["twin"] = (
            Import.objects.filter(digest=found.digest, began_at__isnull=False).exclude(pk=found.pk).first()
        )
    if found.bad and found.status not in (Status.CHECKING, Status.STOPPED):
        context["problems"] = problem_page(found, after=_after_line(request), many=PAGE_SIZE)
    if found.began_at:
        context["outcome"] = _signature_counts(found)
    return context


def _column_context(found: Import, form: forms.Form | None) -> dict[str, Any]:
    names = headings(found)
    if not isinstance(form, ColumnsForm):
        told = {f"column-{at}": column for at, column in enumerate(found.columns)}
        told |= {"sector": found.sector, "language": found.language, "visibility": found.visibility}
        form = ColumnsForm(initial=told, found=found, names=names)
    return {"columns_form": form, "column_rows": form.rows(sample_lines(found, SAMPLE_LINES))}


def _line_counts(found: Import) -> list[tuple[str, int]]:
    """What became of its lines, the most telling first; nothing of what there is none."""
    State = ImportLine.State
    every = [
        (State.READY.label, found.ready),
        (State.BROUGHT.label, found.brought),
        (State.BAD.label, found.bad),
        (State.DOUBLE.label, found.duplicates),
        (State.KNOWN.label, found.known),
        (State.SILENT.label, found.silent),
    ]
    return [(str(label), many) for label, many in every if many]


def _signature_counts(found: Import) -> list[tuple[str, int, str]]:
    """How those stand by now to whom a mail went; each with the way to them."""
    signatures, states = Signature.objects.filter(imported=found), Signature.State
    rows = [(state.label, signatures.filter(state=state).count(), state.value) for state in states]
    return [(str(label), many, state) for label, many, state in rows if many]


def _expected_end(found: Import) -> datetime | None:
    """Where that is worth telling."""
    now = timezone.now()
    until = found.until(now)
    return until if until - now >= timedelta(minutes=1) else None


def _after_line(request: HttpRequest) -> int:
    return params.parse_row_id(request.GET.get("after", ""))


def _page_url(import_id: int) -> str:
    return reverse("admin:signatures_import_change", args=[import_id])

"""Admin pages of delivery bundles: organisers request one, follow its progress and download it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.statement import Statement
from signatures.transfers.admin.exports import ReasonForm, may_export
from signatures.transfers.delivery_bundle.request import record_download, request_delivery_pack
from signatures.transfers.models.delivery_bundle import DeliveryPack
from signatures.web import params
from signatures.web.admin.page_purpose import with_purpose
from signatures.web.admin.read_only import ReadOnlyModelAdmin
from signatures.web.fresh_password import require_fresh_password

UNFINISHED_STATUSES = (DeliveryPack.Status.REQUESTED, DeliveryPack.Status.MAKING)
REFRESH = "3"  # seconds


class DeliveryPackForm(ReasonForm):
    statement = forms.ModelChoiceField(Statement.objects.published(), label=_("Statement"))
    field_order = ("statement", "reason")


@admin.register(DeliveryPack)
class DeliveryPackAdmin(ReadOnlyModelAdmin):
    list_purpose = _("Delivery bundles contain the text, the count and all public names, as a PDF and as tables.")
    purpose = _("One delivery bundle: its progress, and its download.")
    list_display = ("__str__", "statement", "status", "progress", "asked_by", "asked_at", "size")
    list_select_related = ("statement", "asked_by")
    sortable_by = ()
    empty_value_display = ""
    fields = ("statement", "asked_by", "asked_at", "status", "progress", "ready_at", "as_of", "size", "digest")
    change_list_template = "admin/signatures/deliverypack/change_list.html"
    change_form_template = "admin/signatures/deliverypack/change_form.html"

    def get_urls(self) -> list[Any]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(require_fresh_password(view))

        urls = [
            path("make/", page(self.request_pack), name="pack_make"),
            path("<path:object_id>/download/", page(self.download), name="pack_download"),
        ]
        return urls + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if DeliveryPack.objects.filter(id=params.parse_row_id(object_id), status__in=UNFINISHED_STATUSES).exists():
            response["Refresh"] = REFRESH
        return response

    @with_purpose(_("Requests a bundle of one statement. Your colleagues can read the reason."))
    def request_pack(self, request: HttpRequest) -> HttpResponse:
        if not may_export(request):
            raise PermissionDenied
        form = DeliveryPackForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            details: dict[str, Any] = {**form.cleaned_data, "actor": request.user, "now": timezone.now()}
            pack = request_delivery_pack(**details)
            messages.success(request, gettext("The bundle is being made. This page shows its progress."))
            return HttpResponseRedirect(reverse("admin:signatures_deliverypack_change", args=[pack.pk]))
        return self._render_form(request, form, _("Make a delivery bundle"), _("Make it"))

    @with_purpose(_("Downloads a delivery bundle. Your colleagues can read the reason."))
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        if not may_export(request):
            raise PermissionDenied
        pack = self.get_object(request, object_id)
        if pack is None or pack.status != DeliveryPack.Status.READY or not default_storage.exists(pack.file):
            raise Http404
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._render_form(request, form, _("Download the delivery bundle"), _("Download it"))
        by: dict[str, Any] = {"actor": request.user, "reason": form.cleaned_data["reason"], "now": timezone.now()}
        record_download(pack=pack, **by)
        name = f"{pack.statement.slug}-{pack.asked_at:%Y-%m-%d}.zip"
        response = FileResponse(default_storage.open(pack.file), as_attachment=True, filename=name)
        response["Cache-Control"] = "no-store"
        return response

    def _render_form(self, request: HttpRequest, form: forms.Form, title: Any, button: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "button": button}
        page = "admin/signatures/deliverypack/ask.html"
        return TemplateResponse(request, page, {**context, "form": form}, status=422 if form.is_bound else 200)

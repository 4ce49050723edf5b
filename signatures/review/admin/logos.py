"""Lets a moderator add the logo of an organisation after a look at it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signatures.audit.reasons import MAX_REASON_LENGTH
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_logo import set_logo
from signatures.web import image_uploads


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG, JPEG or WebP, up to 1 MB. Leave empty to remove the logo.")
    )
    reason = forms.CharField(
        label=_("Reason:"),
        help_text=_("Where you got it. Your colleagues read this in the audit log."),
        max_length=MAX_REASON_LENGTH,
        widget=AdminTextInputWidget(attrs={"dir": "auto"}),
    )

    def clean_logo(self) -> ContentFile | None:
        upload = self.cleaned_data["logo"]
        return image_uploads.logo(upload) if upload else None


def logo_view(request: HttpRequest, signature: Signature | None, context: dict[str, Any]) -> HttpResponse:
    """Shows and handles the form. `context` is the context that every admin page needs."""
    if not request.user.has_perm("signatures.moderate_signature"):
        raise PermissionDenied
    if signature is None:
        raise Http404
    form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    if form.is_bound and form.is_valid():
        is_done = set_logo(
            signature_id=signature.id,
            actor=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
            **form.cleaned_data,
        )
        if is_done:
            messages.success(request, gettext("Saved."))
        else:
            messages.warning(
                request, gettext("Nothing was changed: this is not an organisation that counts, or it has no logo.")
            )
        return HttpResponseRedirect(reverse("admin:signatures_signature_change", args=[signature.id]))
    shown = {**context, "title": _("Logo"), "original": signature, "form": form, "logo_url": logo_url(signature)}
    template = "admin/signatures/signature/logo.html"
    return TemplateResponse(request, template, shown, status=422 if form.errors else 200)


def logo_url(signature: Signature) -> str:
    """Returns the public address of the logo, or an empty text if it is not shown."""
    if not (signature.logo and signature.listed):
        return ""
    return reverse("signatures:file", args=[signature.statement.slug, signature.logo.rpartition("/")[2]])

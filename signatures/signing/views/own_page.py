"""Pages behind emailed links. GET only shows; POST acts."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.privacy import erase as erasure
from signatures.signing.correct import correct
from signatures.signing.forms import CorrectionForm, UpdatesForm, VisibilityForm
from signatures.signing.limits import OWN_PAGE_RATE
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature
from signatures.signing.personal_data import collect_personal_data
from signatures.signing.set_visibility import set_visibility
from signatures.signing.views.links import signature_or_404, signer_context, ticket_or_404
from signatures.signing.views.sharing import sharing
from signatures.signing.withdraw import set_updates, withdraw
from signatures.statements.models.switch import Switches
from signatures.web.decorators import (
    private_page,
    rate_limited,
    require_methods,
    same_origin,
)
from signatures.web.redirects import see_other
from signatures.web.tokens import Purpose


@private_page
@require_methods("GET", "POST")
@same_origin
@rate_limited("own page", OWN_PAGE_RATE)
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    act = request.POST.get("act", "")
    signature = signature_or_404(request, ticket_or_404(Purpose.OWN_PAGE, token), changes=act in CHANGING_ACTIONS)
    if request.method == "POST" and not signature.is_erased:
        if act == "correct" and Switches.of(signature.statement_id).is_read_only:
            form = CorrectionForm(request.POST, signature=signature)
            return _show_own_page(request, signature, token, form=form, status=409)
        if act in OWN_PAGE_ACTIONS:
            return OWN_PAGE_ACTIONS[act](request, signature, token)
    return _show_own_page(request, signature, token)


def _correct(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    form = CorrectionForm(request.POST, signature=signature)
    if not form.is_valid():
        return _show_own_page(request, signature, token, form=form, status=422)
    signature = correct(signature_id=signature.id, now=timezone.now(), **form.cleaned_data)
    return _redirect_with_message(request, "proposed" if signature.proposed_at else "corrected")


def _set_visibility(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    form = VisibilityForm(request.POST)
    if not form.is_valid():
        return _show_own_page(request, signature, token, status=422, visibility_form=form)
    set_visibility(signature_id=signature.id, visibility=form.cleaned_data["visibility"])
    return _redirect_with_message(request, "visibility")


def _set_updates(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    set_updates(signature_id=signature.id, updates="updates" in request.POST)
    return _redirect_with_message(request, "updates")


def _withdraw(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    withdraw(signature_id=signature.id, now=timezone.now())
    return _redirect_with_message(request, "withdrawn")


def _erase(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    erasure.erase(signature_id=signature.id, now=timezone.now())
    return _redirect_with_message(request, "erased")


def _download_data(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    response = JsonResponse(
        collect_personal_data(signature=signature), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="{signature.statement.slug}.json"'
    return response


OWN_PAGE_ACTIONS = {
    "correct": _correct,
    "visibility": _set_visibility,
    "updates": _set_updates,
    "withdraw": _withdraw,
    "erase": _erase,
    "data": _download_data,
}
CHANGING_ACTIONS = OWN_PAGE_ACTIONS.keys() - {"data", "correct"}  # a refused correction keeps what was typed


def _show_own_page(
    request: HttpRequest,
    signature: Signature,
    token: str,
    *,
    form: CorrectionForm | None = None,
    visibility_form: VisibilityForm | None = None,
    status: int = 200,
) -> HttpResponse:
    corrected = signature.with_proposal()
    shown = {field: getattr(corrected, field) for field in CorrectionForm.base_fields}
    context: dict[str, Any] = {
        **signer_context(signature, token),
        "form": form or CorrectionForm(initial=shown, signature=signature),
        "updates_form": UpdatesForm(initial={"updates": signature.updates}),
        "visibility_form": visibility_form or VisibilityForm(initial={"visibility": signature.visibility}),
        "waiting": signature.proposed_at is not None,
        "done": request.GET.get("done", ""),
    }
    context |= _moderation_context(signature)
    if signature.state == Signature.State.CONFIRMED:
        context["sharing"] = sharing(context["statement"], signature.id)
    return render(request, "signing/own_page.html", context, status=status)


def _moderation_context(signature: Signature) -> dict[str, Any]:
    """Returns the moderators' refusal or question, in the reader's language, and the flags that the page explains."""
    replies = signature.audit.select_related("phrase").exclude(phrase=None)
    refusal = (
        replies.filter(action=AuditEntry.Action.REJECT).first() if signature.state == Signature.State.REJECTED else None
    )
    question = replies.filter(action=AuditEntry.Action.ASK_FOR_PROOF).first() if signature.asked_at else None
    return {
        "refusal": refusal.phrase.label if refusal and refusal.phrase else "",
        "question": question.phrase.label if question and question.phrase else "",
        "resembles": Flag.PROTECTED_NAME in signature.flags,
        "lacks_mandate": Flag.MANDATE in signature.flags,
        "signed_before": Flag.SIGNED_BEFORE in signature.flags,
    }


def _redirect_with_message(request: HttpRequest, what: str) -> HttpResponseRedirect:
    return see_other(f"{request.path}?done={what}")

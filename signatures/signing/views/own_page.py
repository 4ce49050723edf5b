"""Pages behind emailed links. GET only shows; POST acts."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from signatures.audit.models import AuditEntry
from signatures.privacy import erase as erasure
from signatures.signing import confirm as confirm_action
from signatures.signing import withdraw as leave
from signatures.signing.confirm import LinkStatus
from signatures.signing.correct import correct
from signatures.signing.fast_sql.confirm import look
from signatures.signing.forms import CorrectionForm, ResendForm, UpdatesForm, VisibilityForm
from signatures.signing.limits import CONFIRM_RATE, OWN_PAGE_RATE
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature
from signatures.signing.personal_data import collect_personal_data
from signatures.signing.resend import queue_own_page_email
from signatures.signing.set_visibility import set_visibility
from signatures.signing.views.invitations import invite_no_more, invited
from signatures.signing.views.page import StatementPage
from signatures.signing.views.sharing import sharing
from signatures.signing.withdraw import set_updates, withdraw
from signatures.statements.models.switch import Switches
from signatures.web import params, tokens
from signatures.web.decorators import (
    SiteReadOnly,
    handles_rate_limits,
    private_page,
    rate_limited,
    require_methods,
    same_origin,
)
from signatures.web.rate_limits import check, of_mailbox, of_network
from signatures.web.redirects import see_other
from signatures.web.tokens import LinkToken, Purpose


@private_page
@require_methods("GET", "POST")
@same_origin
@handles_rate_limits
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    ticket = _ticket_or_404(Purpose.CONFIRM, token)
    if request.method == "POST" and (pressed := _confirmed(request, ticket, now)):
        return see_other(_thanks_url(pressed, ticket))
    signature = _signature_for_display_or_404(ticket)
    generation = _generation(request) if request.method == "POST" else ticket.generation
    standing = confirm_action.standing(signature, ticket, generation=generation, now=now)
    context = {
        **_context(signature, token),
        "state": standing.value,
        "generation": ticket.generation,
        "form": ResendForm(),
    }
    return render(request, "signing/confirm.html", context, status=410 if standing == LinkStatus.EXPIRED else 200)


@private_page
@require_methods("GET", "POST")
@same_origin
@rate_limited("own page", OWN_PAGE_RATE)
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """Shown right after confirming. The link to the signer's own page is emailed, never shown: people share screens."""
    signature = _signature_or_404(request, _ticket_or_404(Purpose.THANKS, token))
    if request.method == "POST":
        queue_own_page_email(signature_id=signature.id, now=timezone.now())
        return see_other(f"{request.path}?mailed=1")
    is_in = signature.state == Signature.State.CONFIRMED
    context = {
        **_context(signature, token),
        "is_in": is_in,
        "number": signature.place() if is_in else None,
        "held": signature.state == Signature.State.HELD,
        "gone": signature.state not in (Signature.State.CONFIRMED, Signature.State.HELD),
        "mailed": "mailed" in request.GET,
    }
    context["sharing"] = sharing(context["statement"], signature.id)
    return render(request, "signing/thanks.html", context)


@private_page
@require_methods("GET", "POST")
@same_origin
@rate_limited("own page", OWN_PAGE_RATE)
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    act = request.POST.get("act", "")
    signature = _signature_or_404(request, _ticket_or_404(Purpose.OWN_PAGE, token), changes=act in CHANGING_ACTIONS)
    if request.method == "POST" and not signature.is_erased:
        if act == "correct" and Switches.of(signature.statement_id).is_read_only:
            form = CorrectionForm(request.POST, signature=signature)
            return _show_own_page(request, signature, token, form=form, status=409)
        if act in OWN_PAGE_ACTIONS:
            return OWN_PAGE_ACTIONS[act](request, signature, token)
    return _show_own_page(request, signature, token)


@private_page
@require_methods("GET", "POST")
@same_origin
@rate_limited("own page", OWN_PAGE_RATE)
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    ticket = _ticket_or_404(Purpose.NOT_ME, token)
    signature = _signature_or_404(request, ticket)
    if request.method == "POST":
        erasure.not_me(signature_id=signature.id, now=timezone.now())
        return see_other(request.path)
    context = {**_context(signature, token), "state": "done" if signature.is_erased else "ready"}
    return render(request, "signing/not_me.html", context)


@private_page
@require_methods("GET", "POST")
@csrf_exempt
@rate_limited("own page", OWN_PAGE_RATE)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Mail programs POST here too, from other origins, and follow no redirect (RFC 8058). The token is enough, so the
    origin is not checked. The link in an update stops updates only, unless the reader asks to stop all email."""
    if (invitation := invited(token)) is not None:
        return invite_no_more(request, invitation)
    is_of_update, ticket = _unsubscribe_ticket_or_404(token)
    only_updates = is_of_update and "all" not in request.POST
    signature = _signature_or_404(request, ticket, changes=False)
    is_done = request.method == "POST"
    if is_done and only_updates:
        set_updates(signature_id=signature.id, updates=False)
    elif is_done:
        leave.unsubscribe(signature_id=signature.id, now=timezone.now())
    context = {**_context(signature, token), "is_done": is_done, "only_updates": only_updates}
    return render(request, "signing/unsubscribe.html", context)


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
        **_context(signature, token),
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


def _context(signature: Signature, token: str) -> dict[str, Any]:
    wording = signature.statement.wording(get_language() or "")
    reading = StatementPage(wording, timezone.now())
    return {
        "statement": reading,
        "signature": signature,
        "sector": signature.sector.label,
        "token": token,
    }


def _ticket_or_404(purpose: Purpose, token: str) -> LinkToken:
    try:
        return tokens.read(purpose, token)
    except tokens.BadToken:
        raise Http404 from None


def _unsubscribe_ticket_or_404(token: str) -> tuple[bool, LinkToken]:
    """Returns whether the link came with an update, and its ticket."""
    try:
        return True, tokens.read(Purpose.NO_UPDATES, token)
    except tokens.BadToken:
        return False, _ticket_or_404(Purpose.UNSUBSCRIBE, token)


def _confirmed(request: HttpRequest, ticket: LinkToken, now: datetime) -> Signature | None:
    """Returns the signature if this POST confirmed it, otherwise None."""
    signature = look(ticket.subject_id)
    if signature is None:
        raise Http404
    digest = bytes(signature.mailbox_digest) if signature.mailbox_digest else None
    check(of_network(request, "confirm", CONFIRM_RATE), of_mailbox("link", digest))
    if signature.switches().is_read_only:
        raise SiteReadOnly
    signature, standing = confirm_action.confirm(
        ticket=ticket, generation=_generation(request), now=now, signature=signature
    )
    return signature if standing == LinkStatus.READY else None


def _signature_or_404(request: HttpRequest, ticket: LinkToken, *, changes: bool = True) -> Signature:
    """Returns the link's signature. A POST counts against the mailbox's rate limit. It is refused while the statement
    is read-only, if `changes` is true."""
    signature = _signature_for_display_or_404(ticket)
    if request.method == "POST" and signature.mailbox_digest is not None:
        check(of_mailbox("link", bytes(signature.mailbox_digest)))
    if request.method == "POST" and changes and Switches.of(signature.statement_id).is_read_only:
        raise SiteReadOnly
    return signature


def _signature_for_display_or_404(ticket: LinkToken) -> Signature:
    """Reads the signature with all rows that its pages show."""
    signature = (
        Signature.objects.select_related("statement", "sector", "version")
        .prefetch_related("statement__translations__version", "sector__translations")
        .filter(id=ticket.subject_id)
        .first()
    )
    if signature is None:
        raise Http404
    return signature


def _generation(request: HttpRequest) -> int:
    """Returns the form's generation; 0, which no signature has, if the value is invalid."""
    return params.parse_row_id(request.POST.get("generation", ""))


def _thanks_url(signature: Signature, ticket: LinkToken) -> str:
    token = tokens.make(
        Purpose.THANKS,
        subject_id=signature.id,
        generation=signature.generation,
        issued_at=ticket.issued_at,
    )
    return reverse("signatures:thanks", args=[token])

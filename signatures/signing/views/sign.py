"""The form is sent, the email asked for again, and the proof of work handed out."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from signatures.identity.network_key import network_key
from signatures.signing import proof_of_work
from signatures.signing import sign as sign_action
from signatures.signing.forms import ResendForm, sign_form
from signatures.signing.limits import CHALLENGE_RATE, RESEND_RATE, SIGN_RATE, USUAL_SIGNING_RATE
from signatures.signing.models.share import parse_code
from signatures.signing.proof_wanted import requires_proof_of_work
from signatures.signing.resend import resend_last_email
from signatures.signing.views.invalid_form import invalid_form_page
from signatures.signing.views.page import (
    cached_statement_or_404,
    page_context,
    statement_or_404,
    statement_page,
)
from signatures.signing.views.request_flags import request_flags
from signatures.web import errors
from signatures.web.client_network import wide_network
from signatures.web.decorators import (
    always,
    handles_rate_limits,
    public_page,
    rate_limited,
    require_methods,
    same_origin,
)
from signatures.web.rate_limits import check, of_mailbox, of_network, refuse_denied
from signatures.web.redirects import see_other


@public_page
@require_methods("GET", "POST")
@same_origin
@handles_rate_limits
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":
        return see_other(statement_or_404(slug, timezone.now()).url)
    limit = of_network(request, "sign", SIGN_RATE)
    refuse_denied(limit)
    reading = cached_statement_or_404(slug, timezone.now())
    if not reading.is_open:
        return errors.error_page(410)
    form, code = sign_form(reading, request.POST), parse_code(request.POST.get("via", ""))
    by = form.cleaned_data["email"] if form.is_valid() else None
    usual = of_network(request, "signatures", USUAL_SIGNING_RATE) if by else None
    is_burst = check(limit, of_mailbox("sign", by and by.digest), usual=usual)
    if by is None:
        return invalid_form_page(request, reading, form, via=code, around=lambda: page_context(reading))
    if not reading.takes_signatures:
        return statement_page(request, reading, form=form, via=code, status=409)
    sign_action.sign(
        statement=reading.statement,
        by=by,
        details=replace(form.details, via=code),
        language=get_language() or reading.language,
        now=reading.now,
        flags=request_flags(request, reading.statement, reading.now, is_burst=is_burst),
        network=network_key(wide_network(request)),
    )
    return see_other(reverse("signatures:check_inbox", args=[slug]))


@public_page
@require_methods("GET", "POST")
@same_origin
@rate_limited("resend", RESEND_RATE)
def check_inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """The same page for everyone; whoever asks for the mail again learns nothing from the answer."""
    reading = statement_or_404(slug, timezone.now())
    form = ResendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["email"]
        if reading.switches.is_read_only:
            context = {"statement": reading, "form": form, "sent_again": False}
            return render(request, "signing/check_inbox.html", context, status=409)
        check(of_mailbox("resend", to.digest))
        resend_last_email(statement=reading.statement, recipient_mailbox=to, now=reading.now)
        return see_other(reverse("signatures:check_inbox", args=[slug]) + "?again=1")
    context = {"statement": reading, "form": form, "sent_again": "again" in request.GET}
    return render(request, "signing/check_inbox.html", context, status=422 if form.errors else 200)


@public_page
@require_methods("GET")
@rate_limited("challenge", CHALLENGE_RATE, when=always)
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Returns the task that a browser must solve before it signs, or 204 if none is required. Each answer is for one
    visitor."""
    reading = statement_or_404(slug, timezone.now())
    if reading.takes_signatures and requires_proof_of_work(reading.statement, reading.now):
        response: HttpResponse = JsonResponse(proof_of_work.challenge(slug, now=reading.now))
    else:
        response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response

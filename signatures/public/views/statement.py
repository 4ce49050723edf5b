from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from signatures.identity.network_key import network_key
from signatures.mail.outbox import resend_last_email
from signatures.public.linked_data import linked_data
from signatures.public.statement_page import StatementPage, cached_statement_or_404, statement_or_404
from signatures.signing import proof_of_work
from signatures.signing import sign as sign_action
from signatures.signing.forms import ResendForm, SignForm
from signatures.signing.models.share import parse_code
from signatures.signing.proof_wanted import requires_proof_of_work
from signatures.signing.spam_signals import request_flags
from signatures.signing.views.invalid_form import invalid_form_page
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switches
from signatures.web import errors, limits
from signatures.web.client_network import wide_network
from signatures.web.decorators import (
    always,
    handles_rate_limits,
    limited,
    public_data,
    public_page,
    require_methods,
    same_origin,
)
from signatures.web.page_cache import kept
from signatures.web.rate_limits import check, of_mailbox, of_network, refuse_denied
from signatures.web.redirects import see_other


@public_page
@require_methods("GET")
@kept
def index(request: HttpRequest) -> HttpResponse:
    now, language = timezone.now(), get_language() or ""
    featured = Statement.objects.published().filter(is_featured=True).values_list("slug", flat=True).first()
    if featured:
        return statement_page(request, statement_or_404(featured, now))
    statements = Statement.objects.open(now).with_translations()
    readings = [StatementPage(statement.wording(language), now) for statement in statements]
    notices = Switches.of(None).notices
    return render(request, "public/statements.html", {"statements": readings, "notices": notices})


@public_page
@require_methods("GET")
@kept
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    return statement_page(request, statement_or_404(slug, timezone.now()))


@public_page
@require_methods("GET")
@kept
def via(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Shows the statement through a share link. The code is not looked up here: the form sends it along, and it is
    looked up when the signature is confirmed."""
    reading = statement_or_404(slug, timezone.now())
    valid_code = parse_code(code)
    return statement_page(request, reading, via=valid_code) if valid_code else see_other(reading.url)


@public_page
@require_methods("GET", "POST")
@same_origin
@handles_rate_limits
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method != "POST":
        return see_other(statement_or_404(slug, timezone.now()).url)
    limit = of_network(request, "sign", limits.SIGN_RATE)
    refuse_denied(limit)
    reading = cached_statement_or_404(slug, timezone.now())
    if not reading.is_open:
        return errors.page(410)
    form, code = sign_form(reading, request.POST), parse_code(request.POST.get("via", ""))
    by = form.cleaned_data["email"] if form.is_valid() else None
    usual = of_network(request, "signatures", limits.USUAL) if by else None
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
@limited("resend", limits.RESEND)
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
        resend_last_email(statement=reading.statement, to=to, now=reading.now)
        return see_other(reverse("signatures:check_inbox", args=[slug]) + "?again=1")
    context = {"statement": reading, "form": form, "sent_again": "again" in request.GET}
    return render(request, "signing/check_inbox.html", context, status=422 if form.errors else 200)


@public_page
@require_methods("GET")
@limited("challenge", limits.CHALLENGE_RATE, when=always)
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """What a browser has to work out before it signs; 204 while nothing is asked. Each answer is for one visitor."""
    reading = statement_or_404(slug, timezone.now())
    if reading.takes_signatures and requires_proof_of_work(reading.statement, reading.now):
        response: HttpResponse = JsonResponse(proof_of_work.challenge(slug, now=reading.now))
    else:
        response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response


@public_data
@kept
def count_json(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    count = reading.count
    return JsonResponse(
        {
            "statement": slug,
            "count": count.all,
            "sectors": {sector.slug: count.in_sector(sector.slug).all for sector in count.sectors()},
            "organisations": count.organisations,
            "as_of": reading.now.isoformat(timespec="seconds"),
        }
    )


def statement_page(
    request: HttpRequest, reading: StatementPage, *, form: SignForm | None = None, via: str = "", status: int = 200
) -> HttpResponse:
    context = {**page_context(reading), "via": via}
    if form:
        context["form"] = form
    return render(request, "public/statement.html", context, status=status)


def page_context(reading: StatementPage) -> dict[str, Any]:
    notables, newest = reading.front_page_names()
    return {
        "statement": reading,
        "count": reading.count,
        "form": sign_form(reading) if reading.takes_signatures else None,
        "notables": notables,
        "newest": newest,
        "linked_data": linked_data(reading),
        "sectors": sector_links(reading),
    }


def sector_links(reading: StatementPage) -> list[dict[str, Any]]:
    return [
        {
            "slug": sector.slug,
            "label": sector.label,
            "count": reading.count.in_sector(sector.slug).all,
            "url": reverse("signatures:sector", args=[reading.slug, sector.slug]),
        }
        for sector in reading.count.sectors()
    ]


def sign_form(reading: StatementPage, data: Any = None, **more: Any) -> SignForm:
    return SignForm(data, version=reading.wording, sectors=reading.count.parts, **more)

"""The page behind the link of the confirmation email. GET shows it; only POST confirms."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from signatures.signing import confirm as confirm_action
from signatures.signing.confirm import LinkStatus
from signatures.signing.fast_sql.confirm import look
from signatures.signing.forms import ResendForm
from signatures.signing.limits import CONFIRM_RATE
from signatures.signing.models.signature import Signature
from signatures.signing.views.links import signature_for_display_or_404, signer_context, ticket_or_404
from signatures.web import params, tokens
from signatures.web.decorators import (
    SiteReadOnly,
    handles_rate_limits,
    private_page,
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
    ticket = ticket_or_404(Purpose.CONFIRM, token)
    if request.method == "POST" and (pressed := _confirmed(request, ticket, now)):
        return see_other(_thanks_url(pressed, ticket))
    signature = signature_for_display_or_404(ticket)
    generation = _generation(request) if request.method == "POST" else ticket.generation
    standing = confirm_action.standing(signature, ticket, generation=generation, now=now)
    context = {
        **signer_context(signature, token),
        "state": standing.value,
        "generation": ticket.generation,
        "form": ResendForm(),
    }
    return render(request, "signing/confirm.html", context, status=410 if standing == LinkStatus.EXPIRED else 200)


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

"""Shows the page after confirming."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.signing.limits import OWN_PAGE_RATE
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from signatures.signing.views.links import signature_or_404, signer_context, ticket_or_404
from signatures.signing.views.sharing import sharing
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
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """Shown right after confirming. The link to the signer's own page is emailed, never shown: people share screens."""
    signature = signature_or_404(request, ticket_or_404(Purpose.THANKS, token))
    if request.method == "POST":
        queue_own_page_email(signature_id=signature.id, now=timezone.now())
        return see_other(f"{request.path}?mailed=1")
    is_in = signature.state == Signature.State.CONFIRMED
    context = {
        **signer_context(signature, token),
        "is_in": is_in,
        "number": signature.place() if is_in else None,
        "held": signature.state == Signature.State.HELD,
        "gone": signature.state not in (Signature.State.CONFIRMED, Signature.State.HELD),
        "mailed": "mailed" in request.GET,
    }
    context["sharing"] = sharing(context["statement"], signature.id)
    return render(request, "signing/thanks.html", context)

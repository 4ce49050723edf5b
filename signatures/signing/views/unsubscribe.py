"""The pages that end email: all of it, updates alone, or because somebody else typed the address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from signatures.privacy import erase as erasure
from signatures.signing import withdraw as leave
from signatures.signing.limits import OWN_PAGE_RATE
from signatures.signing.views.invitations import invite_no_more, invited
from signatures.signing.views.links import signature_or_404, signer_context, ticket_or_404
from signatures.signing.withdraw import set_updates
from signatures.web import tokens
from signatures.web.decorators import (
    private_page,
    rate_limited,
    require_methods,
    same_origin,
)
from signatures.web.redirects import see_other
from signatures.web.tokens import LinkToken, Purpose


@private_page
@require_methods("GET", "POST")
@same_origin
@rate_limited("own page", OWN_PAGE_RATE)
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    ticket = ticket_or_404(Purpose.NOT_ME, token)
    signature = signature_or_404(request, ticket)
    if request.method == "POST":
        erasure.not_me(signature_id=signature.id, now=timezone.now())
        return see_other(request.path)
    context = {**signer_context(signature, token), "state": "done" if signature.is_erased else "ready"}
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
    signature = signature_or_404(request, ticket, changes=False)
    is_done = request.method == "POST"
    if is_done and only_updates:
        set_updates(signature_id=signature.id, updates=False)
    elif is_done:
        leave.unsubscribe(signature_id=signature.id, now=timezone.now())
    context = {**signer_context(signature, token), "is_done": is_done, "only_updates": only_updates}
    return render(request, "signing/unsubscribe.html", context)


def _unsubscribe_ticket_or_404(token: str) -> tuple[bool, LinkToken]:
    """Returns whether the link came with an update, and its ticket."""
    try:
        return True, tokens.read(Purpose.NO_UPDATES, token)
    except tokens.BadToken:
        return False, ticket_or_404(Purpose.UNSUBSCRIBE, token)

"""The page of an invitation's link. GET changes nothing; its button opens the form."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from signatures.signing import invite
from signatures.signing.forms import sign_form
from signatures.signing.invite import mark_invitation_opened
from signatures.signing.limits import OWN_PAGE_RATE
from signatures.signing.models.invitation import Invitation
from signatures.signing.views.page import statement_or_404, statement_page
from signatures.web import tokens
from signatures.web.decorators import private_page, rate_limited, require_methods, same_origin
from signatures.web.redirects import see_other
from signatures.web.tokens import Purpose


@private_page
@require_methods("GET", "POST")
@same_origin
@rate_limited("own page", OWN_PAGE_RATE)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    invitation = _invitation_or_404(token)
    reading = statement_or_404(invitation.statement.slug, now)
    is_usable = invitation.is_usable(now) and reading.takes_signatures
    if request.method == "POST" and is_usable:
        mark_invitation_opened(invitation_id=invitation.id, now=now)
        return see_other(f"{request.path}?form#sign")
    if is_usable and "form" in request.GET:
        prefilled = {"name": invitation.name, "credit": invitation.credit, "invitation": token}
        return statement_page(request, reading, form=sign_form(reading, initial=prefilled))
    context = {"statement": reading, "invitation": invitation, "is_usable": is_usable}
    return render(request, "signing/invitation.html", context, status=200 if is_usable else 410)


def invited(token: str) -> Invitation | None:
    """Returns the invitation whose email held this unsubscribe link, or None."""
    with suppress(tokens.BadToken):
        ticket = tokens.read(Purpose.NO_INVITATIONS, token)
        return Invitation.objects.select_related("statement").filter(id=ticket.subject_id).first()
    return None


def invite_no_more(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Called by `unsubscribe`, whose URL and decorators it shares."""
    now = timezone.now()
    if request.method == "POST":
        invite.invite_no_more(invitation_id=invitation.id, now=now)
    context = {"statement": statement_or_404(invitation.statement.slug, now), "is_invited": True}
    return render(request, "signing/unsubscribe.html", {**context, "is_done": request.method == "POST"})


def _invitation_or_404(token: str) -> Invitation:
    try:
        ticket = tokens.read(Purpose.INVITATION, token)
        return Invitation.objects.select_related("statement").get(id=ticket.subject_id)
    except (tokens.BadToken, Invitation.DoesNotExist):
        raise Http404 from None

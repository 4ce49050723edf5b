"""Reads the token and the signature behind an emailed link, and the context that each page needs."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from signatures.signing.models.signature import Signature
from signatures.signing.views.page import StatementPage
from signatures.statements.models.switch import Switches
from signatures.web import tokens
from signatures.web.decorators import (
    SiteReadOnly,
)
from signatures.web.rate_limits import check, of_mailbox
from signatures.web.tokens import LinkToken, Purpose


def signer_context(signature: Signature, token: str) -> dict[str, Any]:
    wording = signature.statement.translation_for(get_language() or "")
    reading = StatementPage(wording, timezone.now())
    return {
        "statement": reading,
        "signature": signature,
        "sector": signature.sector.label,
        "token": token,
    }


def ticket_or_404(purpose: Purpose, token: str) -> LinkToken:
    try:
        return tokens.read(purpose, token)
    except tokens.BadToken:
        raise Http404 from None


def signature_or_404(request: HttpRequest, ticket: LinkToken, *, changes: bool = True) -> Signature:
    """Returns the link's signature. A POST counts against the mailbox's rate limit. It is refused while the statement
    is read-only, if `changes` is true."""
    signature = signature_for_display_or_404(ticket)
    if request.method == "POST" and signature.mailbox_digest is not None:
        check(of_mailbox("link", bytes(signature.mailbox_digest)))
    if request.method == "POST" and changes and Switches.of(signature.statement_id).is_read_only:
        raise SiteReadOnly
    return signature


def signature_for_display_or_404(ticket: LinkToken) -> Signature:
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

"""Flags suspicious requests to sign. Refuses none of them: a moderator reviews flagged signatures."""

from datetime import datetime

from django.http import HttpRequest

from signatures.signing import proof_of_work
from signatures.signing.forms import SignForm
from signatures.signing.models.flag import Flag
from signatures.signing.proof_wanted import requires_proof_of_work
from signatures.statements.models.statement import Statement


def request_flags(request: HttpRequest, statement: Statement, now: datetime, *, is_burst: bool) -> list[Flag]:
    sent = request.POST.get("proof", "")
    signals = {
        Flag.HONEYPOT: bool(request.POST.get(SignForm.trap)),
        Flag.BURST: is_burst,
        Flag.NO_PROOF: requires_proof_of_work(statement, now) and not proof_of_work.spend(sent, statement.slug),
    }
    return [flag for flag, is_so in signals.items() if is_so]

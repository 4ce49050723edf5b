"""What a request to sign looks like from outside. Nothing here refuses: a moderator looks at what is flagged."""

from datetime import datetime

from django.http import HttpRequest

from signatures import proof
from signatures.forms import SignForm
from signatures.models.flags import Flag
from signatures.models.pressure import asks_for_proof
from signatures.statements.models.statement import Statement


def suspicions(request: HttpRequest, statement: Statement, now: datetime, *, is_burst: bool) -> list[Flag]:
    sent = request.POST.get("proof", "")
    found = {
        Flag.HONEYPOT: bool(request.POST.get(SignForm.trap)),
        Flag.BURST: is_burst,
        Flag.NO_PROOF: asks_for_proof(statement, now) and not proof.spend(sent, statement.slug),
    }
    return [flag for flag, is_so in found.items() if is_so]

"""What a request to sign looks like from outside. Nothing here refuses: a moderator looks at what is flagged."""

from django.http import HttpRequest

from signatures import limits
from signatures.forms import SignForm
from signatures.models import Flag


def suspicions(request: HttpRequest) -> list[Flag]:
    found = {
        Flag.HONEYPOT: bool(request.POST.get(SignForm.trap)),
        Flag.BURST: limits.is_more_than_usual(request),
    }
    return [flag for flag, is_so in found.items() if is_so]

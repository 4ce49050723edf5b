"""The decisions that the review queue offers, and the function that each one calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.review.decide_correction import accept_correction, refuse_correction
from signatures.review.models.canned_reply import Phrase
from signatures.review.moderate import approve, reject
from signatures.review.notable import approve_as_notable
from signatures.review.queue import decide, request_proof, skip_signature
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature
from signatures.web import params

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Decision:
    """`second_choice` names what the second key selects: a method, or a canned reply of that use."""

    name: str
    key: str
    label: "_StrPromise"
    done_message: "_StrPromise"
    second_choice: str = ""


DECISIONS = [
    Decision("approve", "a", gettext_lazy("Approve"), gettext_lazy("Approved")),
    Decision("notable", "n", gettext_lazy("Approve as notable"), gettext_lazy("Approved as notable"), "method"),
    Decision("ask", "p", gettext_lazy("Ask for proof"), gettext_lazy("Asked for proof"), Phrase.Use.ASK),
    Decision("reject", "r", gettext_lazy("Reject"), gettext_lazy("Rejected"), Phrase.Use.REJECT),
    Decision("skip", "s", gettext_lazy("Skip"), gettext_lazy("Skipped")),
]
BY_NAME = {decision.name: decision for decision in DECISIONS}


class NothingChosen(Exception):
    """Raised if the posted text names no decision, or no valid choice for it."""


class PostUrlMissing(Exception):
    """Raised if the method is a public post and the note is not its address."""


def apply_decision(
    choice_text: str, *, signature: Signature, face: str, moderator: User, note: str, now: Any
) -> tuple[Decision, bool]:
    """Applies a decision. `choice_text` is its name and, if it needs one, a choice: "reject 3". Also returns whether
    anything was left to decide."""
    name, _space, choice = choice_text.partition(" ")
    if name not in BY_NAME:
        raise NothingChosen
    decision, arguments = HANDLERS[name](signature, choice, note)
    by: dict[str, Any] = {"moderator": moderator, "face": face, "now": now, **arguments}
    is_done = decide(signature_id=signature.id, decision=decision, **by)
    return BY_NAME[name], is_done


def _approve(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    accept = approve if signature.state == Signature.State.HELD else accept_correction
    return accept, {"reason": note or _("approved in the review queue")}


def _approve_as_notable(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    if choice not in CheckMethod.values:
        raise NothingChosen
    reason = " · ".join(filter(None, [str(CheckMethod(choice).label), note]))
    return approve_as_notable, {"reason": reason, "method": choice, "url": _post_url(choice, note)}


def _post_url(method: str, note: str) -> str:
    """Returns the note as an address if the check was a public post."""
    if method != CheckMethod.PUBLIC_POST:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(note)
    except ValidationError:
        raise PostUrlMissing from None
    return note


def _request_proof(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    phrase = _offered_reply(Phrase.Use.ASK, choice)
    return request_proof, {"phrase": phrase, "reason": note or phrase.text}


def _reject(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    phrase = _offered_reply(Phrase.Use.REJECT, choice)
    refuse = reject if signature.state == Signature.State.HELD else refuse_correction
    return refuse, {"phrase": phrase, "reason": note or phrase.text}


def _skip(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    return skip_signature, {}


HANDLERS = {
    "approve": _approve,
    "notable": _approve_as_notable,
    "ask": _request_proof,
    "reject": _reject,
    "skip": _skip,
}


def _offered_reply(use: Phrase.Use, choice: str) -> Phrase:
    phrase = Phrase.objects.filter(use=use, is_offered=True, id=params.parse_row_id(choice)).first()
    if phrase is None:
        raise NothingChosen
    return phrase

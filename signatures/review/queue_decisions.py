"""What a moderator can press in the review queue, and what each press does."""

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
from signatures.review.queue import decide, request_proof, skip
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature
from signatures.web import params

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Decision:
    """`choose` names what the second key chooses: a method, or a ready answer of that use."""

    name: str
    key: str
    label: "_StrPromise"
    done: "_StrPromise"
    choose: str = ""


DECISIONS = [
    Decision("approve", "a", gettext_lazy("Approve"), gettext_lazy("Approved")),
    Decision("notable", "n", gettext_lazy("Approve as notable"), gettext_lazy("Approved as notable"), "method"),
    Decision("ask", "p", gettext_lazy("Ask for proof"), gettext_lazy("Asked for proof"), Phrase.Use.ASK),
    Decision("reject", "r", gettext_lazy("Reject"), gettext_lazy("Rejected"), Phrase.Use.REJECT),
    Decision("skip", "s", gettext_lazy("Skip"), gettext_lazy("Skipped")),
]
BY_NAME = {decision.name: decision for decision in DECISIONS}


class NothingChosen(Exception):
    """The press names no decision, or none of the answers that go with it."""


class PostUrlMissing(Exception):
    """A public post is a check only with its address."""


def apply_decision(
    pressed: str, *, signature: Signature, face: str, moderator: User, note: str, now: Any
) -> tuple[Decision, bool]:
    """`pressed` is a decision and, where it needs one, a choice: "reject 3". Returns whether anything was left to
    decide."""
    name, _space, choice = pressed.partition(" ")
    if name not in BY_NAME:
        raise NothingChosen
    decision, said = HANDLERS[name](signature, choice, note)
    by: dict[str, Any] = {"moderator": moderator, "face": face, "now": now, **said}
    is_done = decide(signature_id=signature.id, decision=decision, **by)
    return BY_NAME[name], is_done


def _approve(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    accept = approve if signature.state == Signature.State.HELD else accept_correction
    return accept, {"reason": note or _("looked at in the review queue")}


def _notable(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    if choice not in CheckMethod.values:
        raise NothingChosen
    reason = " · ".join(filter(None, [str(CheckMethod(choice).label), note]))
    return approve_as_notable, {"reason": reason, "method": choice, "url": _post_url(choice, note)}


def _post_url(method: str, note: str) -> str:
    """The note is the address, where the check was a public post."""
    if method != CheckMethod.PUBLIC_POST:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(note)
    except ValidationError:
        raise PostUrlMissing from None
    return note


def _ask(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    phrase = _phrase(Phrase.Use.ASK, choice)
    return request_proof, {"phrase": phrase, "reason": note or phrase.text}


def _reject(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    phrase = _phrase(Phrase.Use.REJECT, choice)
    refuse = reject if signature.state == Signature.State.HELD else refuse_correction
    return refuse, {"phrase": phrase, "reason": note or phrase.text}


def _skip(signature: Signature, choice: str, note: str) -> tuple[Callable[..., bool], dict[str, Any]]:
    return skip, {}


HANDLERS = {"approve": _approve, "notable": _notable, "ask": _ask, "reject": _reject, "skip": _skip}


def _phrase(use: Phrase.Use, choice: str) -> Phrase:
    phrase = Phrase.objects.filter(use=use, is_offered=True, id=params.parse_row_id(choice)).first()
    if phrase is None:
        raise NothingChosen
    return phrase

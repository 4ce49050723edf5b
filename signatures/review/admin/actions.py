"""What a moderator can do to signatures, from the list and from the page of one: the same words, the same way in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.db.models import QuerySet
from django.forms import CharField, ChoiceField, Form, TextInput, URLField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures.audit.reasons import MAX_REASON_LENGTH
from signatures.review.decide_correction import accept_correction, refuse_correction
from signatures.review.moderate import approve, hide, reject, resend_link, restore, show
from signatures.review.notable import give_second_approval, mark_notable, unmark_notable
from signatures.review.stale_check import StaleDecision, as_seen
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import OrganisationAlreadyCounted
from signatures.web.admin.batch_size import MOST_AT_ONCE
from signatures.web.languages.localized_numbers import number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


CHANGED_MESSAGE = gettext_lazy("Its signer has changed it since you looked: nothing was decided. Look again.")
COUNTED_ONCE_MESSAGE = gettext_lazy("Another signature counts for this organisation, and each organisation signs once.")

State = Signature.State


@dataclass(frozen=True)
class ModerationAction:
    name: str
    label: "_StrPromise"
    done: "_StrPromise"
    refused: "_StrPromise"
    """Why it left a signature as it was, in plain words."""
    do: Callable[..., bool]
    fits: Callable[[Signature], bool]
    """Whether the page of a signature offers it; whether it is done, the action decides."""
    asks_for_method: bool = False
    """How an identity was checked, besides the reason."""


ACTS = [
    ModerationAction(
        "approve",
        gettext_lazy("Approve"),
        gettext_lazy("Approved"),
        gettext_lazy("Only a held signature can be approved."),
        approve,
        lambda signature: signature.state == State.HELD,
    ),
    ModerationAction(
        "accept_correction",
        gettext_lazy("Accept the correction"),
        gettext_lazy("Correction accepted"),
        gettext_lazy("No correction waits there."),
        accept_correction,
        lambda signature: signature.proposed_at is not None,
    ),
    ModerationAction(
        "refuse_correction",
        gettext_lazy("Refuse the correction"),
        gettext_lazy("Correction refused"),
        gettext_lazy("No correction waits there."),
        refuse_correction,
        lambda signature: signature.proposed_at is not None,
    ),
    ModerationAction(
        "reject",
        gettext_lazy("Reject"),
        gettext_lazy("Rejected"),
        gettext_lazy("It was rejected before, or its signer has withdrawn it."),
        reject,
        lambda signature: signature.state not in (State.REJECTED, State.WITHDRAWN),
    ),
    ModerationAction(
        "restore",
        gettext_lazy("Take back the rejection"),
        gettext_lazy("Rejection taken back"),
        gettext_lazy("It is not rejected, or its signer has erased it."),
        restore,
        lambda signature: signature.state == State.REJECTED and not signature.is_erased,
    ),
    ModerationAction(
        "hide",
        gettext_lazy("Hide from the list"),
        gettext_lazy("Hidden from the list"),
        gettext_lazy("It was hidden before, or its signer has erased it."),
        hide,
        lambda signature: signature.hidden_at is None and not signature.is_erased,
    ),
    ModerationAction(
        "show",
        gettext_lazy("Show again"),
        gettext_lazy("No longer hidden"),
        gettext_lazy("It was not hidden, or its signer has erased it."),
        show,
        lambda signature: signature.hidden_at is not None and not signature.is_erased,
    ),
    ModerationAction(
        "mark_notable",
        gettext_lazy("Mark as notable"),
        gettext_lazy("Marked as notable"),
        gettext_lazy("It was notable before, or it is not confirmed."),
        mark_notable,
        lambda signature: signature.state == State.CONFIRMED and not signature.notable,
        asks_for_method=True,
    ),
    ModerationAction(
        "second_notable",
        gettext_lazy("Second the check"),
        gettext_lazy("Notable, by two"),
        gettext_lazy("No check of a colleague waits there; nobody seconds their own."),
        give_second_approval,
        lambda signature: (
            signature.state == State.CONFIRMED and not signature.notable and hasattr(signature, "check_of")
        ),
    ),
    ModerationAction(
        "unmark_notable",
        gettext_lazy("No longer notable"),
        gettext_lazy("No longer notable"),
        gettext_lazy("It was not notable."),
        unmark_notable,
        lambda signature: signature.notable,
    ),
    ModerationAction(
        "resend_link",
        gettext_lazy("Send the link again"),
        gettext_lazy("Link goes out again"),
        gettext_lazy("Nothing is mailed to who was rejected or has withdrawn, nor to an erased mailbox."),
        resend_link,
        lambda signature: (
            signature.mailbox is not None and signature.state in (State.PENDING, State.CONFIRMED, State.HELD)
        ),
    ),
]


class ReasonForm(ActionForm):
    """Beside the choice of the act. What is missing here, `_ask_for_reason` asks for, with the choice kept."""

    reason = CharField(
        label=gettext_lazy("Reason:"),
        required=False,
        widget=TextInput(attrs={"size": 40, "maxlength": MAX_REASON_LENGTH, "dir": "auto"}),
    )


class IdentityCheckForm(Form):
    """How the identity of those who are to be notable was checked."""

    method = ChoiceField(label=gettext_lazy("How it was checked"), choices=[("", "—"), *CheckMethod.choices])
    url = URLField(
        label=gettext_lazy("Address of the public post"), required=False, max_length=300, assume_scheme="https"
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("method") == CheckMethod.PUBLIC_POST and not self.cleaned_data.get("url"):
            self.add_error("url", _("Write the address of the post."))
        return self.cleaned_data


def admin_action(act: ModerationAction) -> Callable[..., HttpResponse | None]:
    @admin.action(description=act.label, permissions=["moderate"])
    def run(model_admin: Any, request: HttpRequest, chosen: QuerySet[Signature]) -> HttpResponse | None:
        reason = " ".join(request.POST.get("reason", "").split())
        how = IdentityCheckForm(request.POST) if act.asks_for_method else None
        if not reason or len(reason) > MAX_REASON_LENGTH or (how and not how.is_valid()):
            return _ask_for_reason(model_admin, request, act, chosen, reason, how)
        _decide_selected(request, act, list(chosen[: MOST_AT_ONCE + 1]), reason, how.cleaned_data if how else {})
        return None

    run.__name__ = act.name
    return run


def _decide_selected(
    request: HttpRequest, act: ModerationAction, chosen: list[Signature], reason: str, how: dict[str, Any]
) -> None:
    if len(chosen) > MOST_AT_ONCE:
        many = _("Nothing was done: choose %(most)s signatures at most, or filter the list further.")
        messages.error(request, many % {"most": number(MOST_AT_ONCE)})
        return
    done: list[Signature] = []
    left: list[Signature] = []
    for signature in chosen:
        now = timezone.now()
        try:
            said: dict[str, Any] = {"actor": request.user, "reason": reason, "now": now, **how}
            is_done = as_seen(act.do, signature_id=signature.id, face=_content_hash_shown(request, signature), **said)
            (done if is_done else left).append(signature)
        except (OrganisationAlreadyCounted, StaleDecision) as why:
            words = CHANGED_MESSAGE if isinstance(why, StaleDecision) else COUNTED_ONCE_MESSAGE
            messages.warning(request, format_html("{}: <bdi>{}</bdi>. {}", _("Left as it was"), signature, words))
    if done:
        messages.success(request, format_html("{}: {}", act.done, _join_names(done)))
    if left:
        messages.warning(request, format_html("{}: {}. {}", _("Left as it was"), _join_names(left), act.refused))
    if not chosen:
        messages.warning(request, _("Nothing was done: what you chose is no longer there."))


def content_hash_field_name(signature_id: object) -> str:
    """Of the field beside its checkbox, that says what it was when it was shown."""
    return f"face-{signature_id}"


def _content_hash_shown(request: HttpRequest, signature: Signature) -> str:
    return request.POST.get(content_hash_field_name(signature.id), "")


def _join_names(signatures: list[Signature]) -> str:
    if len(signatures) == 1:
        return format_html("<bdi>{}</bdi>", signatures[0])
    text = ngettext("%(many)s signature", "%(many)s signatures", len(signatures))
    return text % {"many": number(len(signatures))}


def _ask_for_reason(
    model_admin: Any,
    request: HttpRequest,
    act: ModerationAction,
    chosen: QuerySet[Signature],
    typed: str,
    how: IdentityCheckForm | None,
) -> HttpResponse:
    if typed and len(typed) <= MAX_REASON_LENGTH:
        error = _("Nothing was done yet: say how their identity was checked. Visitors read it.")
    elif typed:
        error = _("Nothing was done yet: shorten the reason to %(most)s characters.") % {
            "most": number(MAX_REASON_LENGTH)
        }
    else:
        error = _("Nothing was done yet: write the reason. Your colleagues read it in the audit log.")
    ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
    kept = ("index", "select_across", "one", *map(content_hash_field_name, ids))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": act.label,
        "opts": model_admin.opts,
        "act": act,
        "error": error,
        "how": how if not how or "method" in request.POST else IdentityCheckForm(),
        "typed": typed,
        "longest": MAX_REASON_LENGTH,
        "chosen": chosen[:20],
        "more": max(chosen.count() - 20, 0),
        "kept": [(name, request.POST[name]) for name in kept if name in request.POST],
        "ids": ids,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/signatures/signature/reason.html", context, status=422)

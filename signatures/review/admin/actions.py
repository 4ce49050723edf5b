"""Defines the actions of a moderator on signatures. They are the same on the list and on the page of one signature."""

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
from signatures.review.stale_check import StaleDecision, decide_if_unchanged
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import OrganisationAlreadyCounted
from signatures.web.admin.batch_size import MAX_SELECTED
from signatures.web.languages.localized_numbers import number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


CHANGED_MESSAGE = gettext_lazy(
    "The signer changed this signature after you opened it. Nothing was decided. Please review it again."
)
COUNTED_ONCE_MESSAGE = gettext_lazy(
    "Another signature already counts for this organisation, and each organisation signs once."
)

State = Signature.State


@dataclass(frozen=True)
class ModerationAction:
    name: str
    label: "_StrPromise"
    done_message: "_StrPromise"
    refused_message: "_StrPromise"
    """Says why the action left a signature unchanged."""
    perform: Callable[..., bool]
    applies_to: Callable[[Signature], bool]
    """Tells whether the page of a signature offers the action. `perform` decides whether it is done."""
    asks_for_method: bool = False
    """If true, the moderator also says how the identity was checked."""


MODERATION_ACTIONS = [
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
        gettext_lazy("No correction is waiting."),
        accept_correction,
        lambda signature: signature.proposed_at is not None,
    ),
    ModerationAction(
        "refuse_correction",
        gettext_lazy("Refuse the correction"),
        gettext_lazy("Correction refused"),
        gettext_lazy("No correction is waiting."),
        refuse_correction,
        lambda signature: signature.proposed_at is not None,
    ),
    ModerationAction(
        "reject",
        gettext_lazy("Reject"),
        gettext_lazy("Rejected"),
        gettext_lazy("It is already rejected, or its signer has withdrawn it."),
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
        gettext_lazy("It is already hidden, or its signer has erased it."),
        hide,
        lambda signature: signature.hidden_at is None and not signature.is_erased,
    ),
    ModerationAction(
        "show",
        gettext_lazy("Show again"),
        gettext_lazy("No longer hidden"),
        gettext_lazy("It is not hidden, or its signer has erased it."),
        show,
        lambda signature: signature.hidden_at is not None and not signature.is_erased,
    ),
    ModerationAction(
        "mark_notable",
        gettext_lazy("Mark as notable"),
        gettext_lazy("Marked as notable"),
        gettext_lazy("It is already notable, or it is not confirmed."),
        mark_notable,
        lambda signature: signature.state == State.CONFIRMED and not signature.notable,
        asks_for_method=True,
    ),
    ModerationAction(
        "second_notable",
        gettext_lazy("Second the check"),
        gettext_lazy("Notable, checked by two moderators"),
        gettext_lazy("No colleague’s check is waiting. You cannot second your own check."),
        give_second_approval,
        lambda signature: (
            signature.state == State.CONFIRMED and not signature.notable and hasattr(signature, "check_of")
        ),
    ),
    ModerationAction(
        "unmark_notable",
        gettext_lazy("No longer notable"),
        gettext_lazy("No longer notable"),
        gettext_lazy("It is not notable."),
        unmark_notable,
        lambda signature: signature.notable,
    ),
    ModerationAction(
        "resend_link",
        gettext_lazy("Send the link again"),
        gettext_lazy("Link will be sent again"),
        gettext_lazy("No email is sent to signers who were rejected or have withdrawn, or whose mailbox is erased."),
        resend_link,
        lambda signature: (
            signature.mailbox is not None and signature.state in (State.PENDING, State.CONFIRMED, State.HELD)
        ),
    ),
]


class ReasonForm(ActionForm):
    """The field beside the choice of the action. `_ask_for_reason` asks for what is missing, and keeps the choice."""

    reason = CharField(
        label=gettext_lazy("Reason:"),
        required=False,
        widget=TextInput(attrs={"size": 40, "maxlength": MAX_REASON_LENGTH, "dir": "auto"}),
    )


class IdentityCheckForm(Form):
    """Asks how the identity of people who become notable was checked."""

    method = ChoiceField(label=gettext_lazy("How it was checked"), choices=[("", "—"), *CheckMethod.choices])
    url = URLField(
        label=gettext_lazy("Address of the public post"), required=False, max_length=300, assume_scheme="https"
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("method") == CheckMethod.PUBLIC_POST and not self.cleaned_data.get("url"):
            self.add_error("url", _("Enter the address of the post."))
        return self.cleaned_data


def admin_action(action: ModerationAction) -> Callable[..., HttpResponse | None]:
    @admin.action(description=action.label, permissions=["moderate"])
    def run(model_admin: Any, request: HttpRequest, chosen: QuerySet[Signature]) -> HttpResponse | None:
        reason = " ".join(request.POST.get("reason", "").split())
        identity_check = IdentityCheckForm(request.POST) if action.asks_for_method else None
        if not reason or len(reason) > MAX_REASON_LENGTH or (identity_check and not identity_check.is_valid()):
            return _ask_for_reason(model_admin, request, action, chosen, reason, identity_check)
        _decide_selected(
            request,
            action,
            list(chosen[: MAX_SELECTED + 1]),
            reason,
            identity_check.cleaned_data if identity_check else {},
        )
        return None

    run.__name__ = action.name
    return run


def _decide_selected(
    request: HttpRequest, action: ModerationAction, chosen: list[Signature], reason: str, identity_check: dict[str, Any]
) -> None:
    if len(chosen) > MAX_SELECTED:
        message = _("Nothing was changed: choose at most %(most)s signatures, or filter the list further.")
        messages.error(request, message % {"most": number(MAX_SELECTED)})
        return
    done: list[Signature] = []
    left: list[Signature] = []
    for signature in chosen:
        now = timezone.now()
        try:
            arguments: dict[str, Any] = {"actor": request.user, "reason": reason, "now": now, **identity_check}
            is_done = decide_if_unchanged(
                action.perform, signature_id=signature.id, face=_content_hash_shown(request, signature), **arguments
            )
            (done if is_done else left).append(signature)
        except (OrganisationAlreadyCounted, StaleDecision) as error:
            explanation = CHANGED_MESSAGE if isinstance(error, StaleDecision) else COUNTED_ONCE_MESSAGE
            messages.warning(request, format_html("{}: <bdi>{}</bdi>. {}", _("Left unchanged"), signature, explanation))
    if done:
        messages.success(request, format_html("{}: {}", action.done_message, _join_names(done)))
    if left:
        messages.warning(
            request, format_html("{}: {}. {}", _("Left unchanged"), _join_names(left), action.refused_message)
        )
    if not chosen:
        messages.warning(request, _("Nothing was changed: the chosen signatures no longer exist."))


def content_hash_field_name(signature_id: object) -> str:
    """Returns the name of the hidden field that holds the hash of a signature as the list showed it."""
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
    action: ModerationAction,
    chosen: QuerySet[Signature],
    typed: str,
    identity_check: IdentityCheckForm | None,
) -> HttpResponse:
    if typed and len(typed) <= MAX_REASON_LENGTH:
        error = _("Nothing was changed yet: choose how the identity was checked. Visitors can read this.")
    elif typed:
        error = _("Nothing was changed yet: shorten the reason to %(most)s characters.") % {
            "most": number(MAX_REASON_LENGTH)
        }
    else:
        error = _("Nothing was changed yet: enter a reason. Your colleagues read it in the audit log.")
    ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
    kept = ("index", "select_across", "one", *map(content_hash_field_name, ids))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": action.label,
        "opts": model_admin.opts,
        "action": action,
        "error": error,
        "identity_check": identity_check if not identity_check or "method" in request.POST else IdentityCheckForm(),
        "typed": typed,
        "longest": MAX_REASON_LENGTH,
        "chosen": chosen[:20],
        "more": max(chosen.count() - 20, 0),
        "kept": [(name, request.POST[name]) for name in kept if name in request.POST],
        "ids": ids,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/signatures/signature/reason.html", context, status=422)

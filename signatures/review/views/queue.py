"""Shows the pages of the review queue: one signature on the screen, and one key for each decision.

GET changes nothing. POST leases the next signature to the moderator. queue.js asks for the next signature in advance,
as a part of a page.
"""

from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from signatures.audit.models import AuditEntry
from signatures.review import queue
from signatures.review.admin.actions import CHANGED_MESSAGE, COUNTED_ONCE_MESSAGE
from signatures.review.evidence import Evidence
from signatures.review.forms import FilterForm, QueueSummary, reason_counts
from signatures.review.models.canned_reply import Phrase
from signatures.review.models.lease import Lease, Skip
from signatures.review.queue import LeasedByColleague, lease_next
from signatures.review.queue_decisions import DECISIONS, NothingChosen, PostUrlMissing, apply_decision
from signatures.review.stale_check import StaleDecision
from signatures.review.views import batches
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import OrganisationAlreadyCounted
from signatures.web import params
from signatures.web.admin.page_purpose import with_purpose
from signatures.web.redirects import see_other
from signatures.web.view_types import View

MAX_NOTE_LENGTH = 200


def urls(site: Any) -> list[URLPattern]:
    def page(view: View) -> View:
        return site.admin_view(_for_moderators(site, view))

    return [
        path("review/", page(require_GET(start)), name="review"),
        path("review/next/", page(require_POST(next_signature)), name="review_next"),
        path("review/again/", page(require_POST(return_skipped)), name="review_again"),
        path("review/all/", page(batches.ask_bulk_decision), name="review_all"),
        path("review/all/<int:bulk_id>/", page(batches.bulk_progress), name="review_many"),
        path("review/<int:signature_id>/", page(review_signature), name="review_case"),
    ]


def _for_moderators(site: Any, view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        if not request.user.has_perm("signatures.moderate_signature"):
            raise PermissionDenied
        return view(request, site, **named)

    return guarded


@with_purpose(
    gettext_lazy(
        "Confirmed signatures and corrections that wait for a decision, one at a time. No one else gets the one"
        " that you are reviewing."
    )
)
def start(request: HttpRequest, site: Any) -> HttpResponse:
    """Shows how many signatures wait, and lets the moderator filter them."""
    form, now = FilterForm(request.GET), timezone.now()
    signatures = form.filtered_signatures()
    context = {
        **site.each_context(request),
        "title": _("Review queue"),
        "form": form,
        "queue": QueueSummary.of_signatures(signatures, now),
        "reasons": [
            (label, count, form.query(why=value))
            for value, label, count in reason_counts(signatures, now)
            if not form.data.get("why")
        ],
        "skipped": Skip.objects.filter(moderator=_moderator(request)).count(),
        "filter": _filter_query(request),
        "recent_decisions": batches.recent_bulk_decisions(),
        "decisions": DECISIONS,
        "now": now,
    }
    return TemplateResponse(request, "review/start.html", context)


def next_signature(request: HttpRequest, site: Any) -> HttpResponse:
    return _show_next(request)


def return_skipped(request: HttpRequest, site: Any) -> HttpResponse:
    queue.return_skipped(moderator=_moderator(request))
    return _show_next(request)


@with_purpose(
    gettext_lazy("Decide about this signature with the buttons or their keys. The next one follows immediately.")
)
def review_signature(request: HttpRequest, site: Any, signature_id: int) -> HttpResponse:
    if request.method == "POST":
        return _decide(request, signature_id)
    now = timezone.now()
    signature = _signature_to_review(signature_id)
    if signature is None or not Lease.objects.is_held_by(_moderator(request), signature_id, now):
        return HttpResponseRedirect(_url("admin:review", _filter_query(request)))
    context = {**site.each_context(request), **_signature_context(request, signature), "title": _("Review queue")}
    return TemplateResponse(request, "review/page.html", context)


def _decide(request: HttpRequest, signature_id: int) -> HttpResponse:
    signature = Signature.objects.filter(id=signature_id).first()
    if signature is None:
        return _refusal(request, _("This signature no longer exists."))
    note = " ".join(request.POST.get("note", "").split())[:MAX_NOTE_LENGTH]
    choice_text = request.POST.get("press", "")
    try:
        decision, is_done = apply_decision(
            choice_text, signature=signature, face=request.POST.get("face", ""), moderator=_moderator(request),
            note=note, now=timezone.now(),
        )  # fmt: skip
    except LeasedByColleague:
        return _refusal(
            request, format_html(_("A colleague is reviewing {}. Nothing was decided."), _bold_name(signature))
        )
    except StaleDecision:
        return _refusal(request, format_html("{}: {}", _bold_name(signature), CHANGED_MESSAGE))
    except OrganisationAlreadyCounted:
        return _refusal(request, format_html("{}: {}", _bold_name(signature), COUNTED_ONCE_MESSAGE))
    except PostUrlMissing:
        return _refusal(request, _("Nothing was decided: first enter the address of the public post as the note."))
    except NothingChosen:
        return _refusal(request, _("Nothing was decided: choose one of the buttons."))
    if not is_done:
        return _refusal(request, format_html(_("{} is already decided."), _bold_name(signature)))
    return _show_next(request, message=format_html("{}: {}", decision.done_message, _bold_name(signature)))


def _show_next(request: HttpRequest, message: str = "") -> HttpResponse:
    """Leases the next signature. Returns a part of a page for the script, or a redirect to its page."""
    signatures = FilterForm(request.GET).filtered_signatures()
    excluded_ids = [params.parse_row_id(text) for text in request.POST.getlist("beside")]
    leased = lease_next(
        moderator=_moderator(request), signatures=signatures, now=timezone.now(), excluded_ids=excluded_ids
    )
    if "part" in request.POST:
        signature = _signature_to_review(leased.id) if leased else None
        shown = (
            _signature_context(request, signature)
            if signature
            else {"signature": None, "filter": _filter_query(request)}
        )
        return render(request, "review/queue_filter.html", {**shown, "said": message})
    if message:
        messages.success(request, message)
    if leased is None:
        return see_other(_url("admin:review", _filter_query(request)))
    return see_other(_url("admin:review_case", _filter_query(request), leased.id))


def _refusal(request: HttpRequest, reason: str) -> HttpResponse:
    if "part" in request.POST:
        return render(request, "review/queue_filter.html", {"refused": reason}, status=409)
    messages.warning(request, reason)
    return see_other(_url("admin:review", _filter_query(request)))


def _signature_context(request: HttpRequest, signature: Signature) -> dict[str, Any]:
    choices: dict[str, list[tuple[Any, Any]]] = {"method": list(CheckMethod.choices)}
    for phrase in Phrase.objects.offered():
        choices.setdefault(phrase.use, []).append((phrase.id, phrase.label))
    return {
        "signature": signature,
        "proposed": signature.with_proposal(),
        "evidence": Evidence.of_signature(signature),
        "decisions": [(decision, choices.get(decision.second_choice, [])) for decision in DECISIONS],
        "earlier": AuditEntry.objects.filter(signature=signature).select_related("actor")[:5],
        "filter": _filter_query(request),
        "longest_note": MAX_NOTE_LENGTH,
        "now": timezone.now(),
    }


def _signature_to_review(signature_id: int) -> Signature | None:
    signatures = Signature.objects.select_related("statement", "sector").prefetch_related("sector__translations")
    return signatures.awaiting_review().filter(id=signature_id).first()


def _moderator(request: HttpRequest) -> User:
    """Returns the user, whom `admin_view` has authenticated."""
    return cast(User, request.user)


def _bold_name(signature: Signature) -> str:
    return format_html("<bdi>{}</bdi>", signature)


def _filter_query(request: HttpRequest) -> str:
    return FilterForm(request.GET).query()


def _url(view: str, query: str, *args: Any) -> str:
    return reverse(view, args=args) + (f"?{query}" if query else "")

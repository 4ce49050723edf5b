"""The pages of bulk decisions: one decision about everything that a filter of the review queue matches."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.audit.reasons import MAX_REASON_LENGTH, REASON_MESSAGES
from signatures.review.batches import MAX_SIGNATURES, start_bulk_decision, undo_bulk_decision
from signatures.review.forms import FilterForm, QueueSummary
from signatures.review.models.batch import BulkDecision, BulkItem
from signatures.review.models.canned_reply import Phrase
from signatures.web.admin.page_purpose import with_purpose

SAMPLE_SIZE = 20
RECENT_DECISIONS = 5
Kind, Outcome = BulkDecision.Kind, BulkItem.Outcome


class BulkDecisionForm(forms.Form):
    """`press` is a decision and, if it needs one, the id of a canned reply: "reject 3"."""

    press = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a decision.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_REASON_LENGTH,
        widget=forms.TextInput(attrs={"size": 60, "dir": "auto"}),
        error_messages=REASON_MESSAGES,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.phrases = {str(phrase.pk): phrase for phrase in Phrase.objects.offered()}
        replies = [
            (f"{phrase.use} {key}", f"{_use_label(phrase)}: {phrase.label}") for key, phrase in self.phrases.items()
        ]
        choices = [
            (Kind.APPROVE.value, _("Approve")),
            *sorted(replies, key=lambda choice: choice[0].split()[0] != "reject"),
        ]
        cast(forms.ChoiceField, self.fields["press"]).choices = choices

    def decision_arguments(self) -> dict[str, Any]:
        kind, _space, phrase = self.cleaned_data["press"].partition(" ")
        arguments = {"kind": Kind(kind), "phrase": self.phrases.get(phrase)}
        return {**arguments, "reason": self.cleaned_data["reason"], "expected_count": self.cleaned_data["seen"]}


class UndoForm(forms.Form):
    reason = forms.CharField(max_length=MAX_REASON_LENGTH, error_messages=REASON_MESSAGES)


def _use_label(phrase: Phrase) -> str:
    return _("Reject") if phrase.use == Phrase.Use.REJECT else _("Ask for proof")


@with_purpose(
    gettext_lazy(
        "One decision about all signatures in this part of the queue. Nothing is changed before you press the "
        "button. Signatures that a colleague is reviewing are left out."
    )
)
def ask_bulk_decision(request: HttpRequest, site: Any) -> HttpResponse:
    """Shows which signatures the decision would cover, and starts it."""
    filter_form, now = FilterForm(request.GET), timezone.now()
    signatures = filter_form.filtered_signatures()
    form = BulkDecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        bulk = start_bulk_decision(
            signatures=signatures, statement=filter_form.cleaned_data.get("statement"), about=filter_form.description(),
            now=now, actor=cast(User, request.user), **form.decision_arguments(),
        )  # fmt: skip
        return HttpResponseRedirect(reverse("admin:review_many", args=[bulk.pk]), status=303)
    queue = QueueSummary.of_signatures(signatures, now)
    due = signatures.due_for_review(now).select_related("statement", "sector").prefetch_related("sector__translations")
    context = {
        **site.each_context(request),
        "title": _("Bulk decision"),
        "form": form,
        "about": filter_form.description(),
        "total": min(queue.total, MAX_SIGNATURES),
        "is_more": queue.total > MAX_SIGNATURES,
        "sample": due.order_by("id")[:SAMPLE_SIZE],
        "filter": filter_form.query(),
        "longest": MAX_REASON_LENGTH,
    }
    return TemplateResponse(request, "review/batch.html", context, status=422 if form.is_bound else 200)


@with_purpose(gettext_lazy("The progress of one bulk decision. Each signature has its own entry in the audit log."))
def bulk_progress(request: HttpRequest, site: Any, bulk_id: int) -> HttpResponse:
    """Shows the progress of a bulk decision, and undoes it."""
    bulk = BulkDecision.objects.select_related("author", "undone_by", "phrase", "statement").filter(id=bulk_id).first()
    if bulk is None:
        raise Http404
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        is_done = undo_bulk_decision(
            bulk_id=bulk.pk, actor=cast(User, request.user), reason=form.cleaned_data["reason"], now=timezone.now()
        )
        if not is_done:
            messages.warning(
                request, _("Nothing was changed: a colleague was faster. This page shows the current state.")
            )
        return HttpResponseRedirect(request.path, status=303)
    outcomes = dict(bulk.items.values_list("outcome").annotate(count=Count("id")).order_by())
    context = {
        **site.each_context(request),
        "title": _("Bulk decision"),
        "bulk": bulk,
        "form": form,
        "outcomes": [(label, outcomes.get(value, 0)) for value, label in Outcome.choices if outcomes.get(value)],
        "remaining": outcomes.get(Outcome.DONE if bulk.status == bulk.Status.UNDOING else Outcome.WAITING, 0),
        "total": sum(outcomes.values()),
        "longest": MAX_REASON_LENGTH,
    }
    context["decided_count"] = context["total"] - context["remaining"]
    status = 422 if form.is_bound else 200
    response = TemplateResponse(request, "review/batch_progress.html", context, status=status)
    if bulk.is_running:
        response["Refresh"] = "2"
    return response


def recent_bulk_decisions() -> Any:
    return BulkDecision.objects.select_related("author")[:RECENT_DECISIONS]

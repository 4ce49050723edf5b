"""Reads the numbers for monitoring from PostgreSQL, in a few indexed queries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Sum

from signatures.identity import mail_provider
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from signatures.mail.send import EMAILS_FIGURE, OTHER_PROVIDERS
from signatures.public.fold_tally import DRIFT_FIGURE
from signatures.public.models.tally import Tally, TallyEntry
from signatures.signing.models.signature import Signature
from signatures.web import event_counters
from signatures.web.models import WORKER, Measurement

State, Status = Signature.State, Mail.Status


@dataclass(frozen=True)
class Measure:
    """`values` has a tuple with one word for each of `labels` as key."""

    name: str
    means: str
    values: Mapping[Any, float]
    labels: tuple[str, ...] = ()
    is_counter: bool = False


def collect_measurements(*, now: datetime) -> list[Measure]:
    return [
        *_signatures(),
        *_outbox(now),
        *_providers(now),
        *_mails(),
        *_counting(now),
        *_suppressions(),
        *_worker(now),
    ]


def _signatures() -> Iterator[Measure]:
    """Takes confirmed signatures from the tally, and counts only the others, which are few."""
    others = [state for state in State.values if state != State.CONFIRMED]
    states = Signature.objects.filter(state__in=others).values_list("state").order_by().annotate(Count("id"))
    counts = dict.fromkeys(State.values, 0) | dict(states)
    counts[State.CONFIRMED] = sum(
        model.objects.aggregate(total=Sum("counted"))["total"] or 0 for model in (Tally, TallyEntry)
    )
    yield Measure(
        "signatures", "Signatures by state.", {(state,): count for state, count in counts.items()}, ("state",)
    )
    yield Measure("accepted", "Signatures ever accepted.", {(): sum(counts.values())}, is_counter=True)


def _outbox(now: datetime) -> Iterator[Measure]:
    due = Mail.objects.filter(status=Status.QUEUED, due_at__lte=now).not_paused().values_list("kind").order_by()
    rows = {kind: (count, oldest_due_at) for kind, count, oldest_due_at in due.annotate(Count("id"), Min("due_at"))}
    failed = dict(Mail.objects.filter(status=Status.FAILED).values_list("kind").order_by().annotate(Count("id")))
    queued = {(kind, "queued"): rows.get(kind, (0, now))[0] for kind in Mail.Kind.values}
    failures = {(kind, "failed"): failed.get(kind, 0) for kind in Mail.Kind.values}
    yield Measure("outbox_mails", "Emails due, and emails given up.", {**queued, **failures}, ("kind", "status"))
    ages = {(kind,): (now - rows.get(kind, (0, now))[1]).total_seconds() for kind in Mail.Kind.values}
    yield Measure("outbox_oldest_seconds", "Age of the oldest email that is due.", ages, ("kind",))


def _providers(now: datetime) -> Iterator[Measure]:
    due = Mail.objects.filter(status=Status.QUEUED, due_at__lte=now).values_list("provider").order_by()
    backlog = {(OTHER_PROVIDERS,): 0}
    for key, count in due.annotate(Count("id")):
        backlog[_name(key),] = backlog.get((_name(key),), 0) + count
    yield Measure("provider_waiting_mails", "Emails due, by mail provider.", backlog, ("provider",))
    cooling = {str(cooldown) for cooldown in ProviderCooldown.objects.active(now)}
    in_cooldown = {(name,): float(name in cooling) for name in mail_provider.large_names()}
    yield Measure(
        "provider_rests", "1 while a mail provider is in cool-down after a refusal.", in_cooldown, ("provider",)
    )
    is_paused = float(MailServer.objects.resume_at(now) is not None)
    yield Measure("mail_server_rests", "1 while sending is paused because the mail server failed.", {(): is_paused})
    yield Measure("mails_per_minute_budget", "MAILS_PER_MINUTE; 0 means no limit.", {(): settings.MAILS_PER_MINUTE})


def _mails() -> Iterator[Measure]:
    figures = Measurement.objects.filter(name=EMAILS_FIGURE).values_list("label", "value")
    results = {tuple(label.rsplit(":", 1)): float(value) for label, value in figures}
    yield Measure("mails", "Attempts to send an email, by result.", results, ("provider", "result"), is_counter=True)


def _counting(now: datetime) -> Iterator[Measure]:
    yield Measure("unfolded_entries", "Tally entries that are not folded yet.", {(): TallyEntry.objects.count()})
    if drift := Measurement.objects.filter(name=DRIFT_FIGURE).first():
        yield Measure("count_drift", "Size of the error that the last recount found.", {(): drift.value})
        age = (now - drift.at).total_seconds()
        yield Measure("recount_age_seconds", "Age of the last recount.", {(): age})


def _suppressions() -> Iterator[Measure]:
    counts = dict(Suppression.objects.values_list("reason").order_by().annotate(Count("id")))
    reasons = {(reason,): counts.get(reason, 0) for reason in Suppression.Reason.values}
    yield Measure("suppressed_mailboxes", "Mailboxes that get no email.", reasons, ("reason",))
    refused = {(reason,): float(count) for reason, count in event_counters.read_counts(event_counters.REFUSED).items()}
    yield Measure("refused", "Forms that were not accepted.", refused, ("reason",), is_counter=True)
    limited = {(group,): float(count) for group, count in event_counters.read_counts(event_counters.LIMITED).items()}
    yield Measure("limited", "Requests over a rate limit.", limited, ("group",), is_counter=True)


def _worker(now: datetime) -> Iterator[Measure]:
    if seen_at := Measurement.objects.at(WORKER):
        age = (now - seen_at).total_seconds()
        yield Measure("worker_heartbeat_age_seconds", "Age of the worker's last heartbeat.", {(): age})


def _name(key: str) -> str:
    return mail_provider.provider_name(key) or OTHER_PROVIDERS

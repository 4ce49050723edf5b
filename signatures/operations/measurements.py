"""The numbers by which the site is watched, read from PostgreSQL in a few queries that an index answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Sum

from signatures.identity import mail_provider
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from signatures.mail.send import EMAILS_FIGURE, OTHERS
from signatures.operations.models import WORKER, Measurement
from signatures.public.fold_tally import DRIFT_FIGURE
from signatures.public.models.tally import Tally, TallyEntry
from signatures.signing.models.signature import Signature
from signatures.web import event_counters

State, Status = Signature.State, Mail.Status


@dataclass(frozen=True)
class Measure:
    """`values` by a tuple of words, one for each of `labels`."""

    name: str
    means: str
    values: Mapping[Any, float]
    labels: tuple[str, ...] = ()
    is_counter: bool = False


def measure(*, now: datetime) -> list[Measure]:
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
    """Those that are counted are told by their tally: a large statement has few others."""
    others = [state for state in State.values if state != State.CONFIRMED]
    states = Signature.objects.filter(state__in=others).values_list("state").order_by().annotate(Count("id"))
    many = dict.fromkeys(State.values, 0) | dict(states)
    many[State.CONFIRMED] = sum(
        model.objects.aggregate(many=Sum("counted"))["many"] or 0 for model in (Tally, TallyEntry)
    )
    yield Measure("signatures", "Signatures by state.", {(state,): n for state, n in many.items()}, ("state",))
    yield Measure("accepted", "Signatures ever accepted.", {(): sum(many.values())}, is_counter=True)


def _outbox(now: datetime) -> Iterator[Measure]:
    due = Mail.objects.filter(status=Status.QUEUED, due_at__lte=now).not_paused().values_list("kind").order_by()
    rows = {kind: (many, since) for kind, many, since in due.annotate(Count("id"), Min("due_at"))}
    failed = dict(Mail.objects.filter(status=Status.FAILED).values_list("kind").order_by().annotate(Count("id")))
    waits = {(kind, "queued"): rows.get(kind, (0, now))[0] for kind in Mail.Kind.values}
    failures = {(kind, "failed"): failed.get(kind, 0) for kind in Mail.Kind.values}
    yield Measure("outbox_mails", "Mails due, and mails given up.", {**waits, **failures}, ("kind", "status"))
    ages = {(kind,): (now - rows.get(kind, (0, now))[1]).total_seconds() for kind in Mail.Kind.values}
    yield Measure("outbox_oldest_seconds", "For how long the oldest mail that is due has waited.", ages, ("kind",))


def _providers(now: datetime) -> Iterator[Measure]:
    due = Mail.objects.filter(status=Status.QUEUED, due_at__lte=now).values_list("provider").order_by()
    waiting = {(OTHERS,): 0}
    for key, many in due.annotate(Count("id")):
        waiting[_name(key),] = waiting.get((_name(key),), 0) + many
    yield Measure("provider_waiting_mails", "Mails due, by mail provider.", waiting, ("provider",))
    cooling = {str(cooldown) for cooldown in ProviderCooldown.objects.active(now)}
    rests = {(name,): float(name in cooling) for name in mail_provider.large_names()}
    yield Measure("provider_rests", "1 while a mail provider is in cool-down after a refusal.", rests, ("provider",))
    is_paused = float(MailServer.objects.resume_at(now) is not None)
    yield Measure("mail_server_rests", "1 while nothing is sent, the mail server being in trouble.", {(): is_paused})
    yield Measure("mails_per_minute_budget", "MAILS_PER_MINUTE; 0: none.", {(): settings.MAILS_PER_MINUTE})


def _mails() -> Iterator[Measure]:
    figures = Measurement.objects.filter(name=EMAILS_FIGURE).values_list("label", "value")
    results = {tuple(label.rsplit(":", 1)): float(value) for label, value in figures}
    yield Measure("mails", "Mails by what became of a try.", results, ("provider", "result"), is_counter=True)


def _counting(now: datetime) -> Iterator[Measure]:
    yield Measure("unfolded_entries", "Changes of counts that are not folded yet.", {(): TallyEntry.objects.count()})
    if drift := Measurement.objects.filter(name=DRIFT_FIGURE).first():
        yield Measure("count_drift", "By how many the counts were wrong at the last recount.", {(): drift.value})
        age = (now - drift.at).total_seconds()
        yield Measure("recount_age_seconds", "How long ago the last recount was.", {(): age})


def _suppressions() -> Iterator[Measure]:
    found = dict(Suppression.objects.values_list("reason").order_by().annotate(Count("id")))
    reasons = {(reason,): found.get(reason, 0) for reason in Suppression.Reason.values}
    yield Measure("suppressed_mailboxes", "Mailboxes that get no mail.", reasons, ("reason",))
    refused = {(reason,): float(many) for reason, many in event_counters.read_counts(event_counters.REFUSED).items()}
    yield Measure("refused", "LineForms that were not taken.", refused, ("reason",), is_counter=True)
    limited = {(group,): float(many) for group, many in event_counters.read_counts(event_counters.LIMITED).items()}
    yield Measure("limited", "Requests past a limit.", limited, ("group",), is_counter=True)


def _worker(now: datetime) -> Iterator[Measure]:
    if seen_at := Measurement.objects.at(WORKER):
        age = (now - seen_at).total_seconds()
        yield Measure("worker_heartbeat_age_seconds", "When a worker last took a task.", {(): age})


def _name(key: str) -> str:
    return mail_provider.provider_name(key) or OTHERS

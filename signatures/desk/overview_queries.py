"""Queries of the overview, for all statements together. Each uses an index."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from signatures.identity import mail_provider
from signatures.mail.models.email import Mail
from signatures.public.models.daily_count import Growth
from signatures.public.models.tally import Tally, TallyEntry
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature, SignatureQuerySet
from signatures.statements.models.statement import Statement

HOURS, DAYS = 24, 30
DAY = timedelta(days=1)
MAX_ROWS = 8  # rows of one table

FUNNEL_SQL = """
    SELECT signature.language, coalesce(mail.provider, ''), count(*), count(mail.sent_at),
           count(*) FILTER (WHERE signature.confirmed_at IS NOT NULL OR signature.state = 'held'),
           count(*) FILTER (WHERE signature.listed), 0, 0
    FROM signatures_signature AS signature
    LEFT JOIN LATERAL (
        SELECT provider, sent_at FROM signatures_mail
        WHERE signature_id = signature.id AND kind = 'confirm' ORDER BY id LIMIT 1
    ) AS mail ON true
    WHERE signature.statement_id = ANY (%s) AND signature.created_at >= %s
    GROUP BY 1, 2
"""
REMINDED_SQL = """
    SELECT signature.language, mail.provider, 0, 0, 0, 0, count(DISTINCT signature.id),
           count(DISTINCT signature.id) FILTER (WHERE signature.confirmed_at > mail.sent_at)
    FROM signatures_mail AS mail JOIN signatures_signature AS signature ON signature.id = mail.signature_id
    WHERE mail.kind = 'reminder' AND signature.statement_id = ANY (%s) AND mail.sent_at >= %s
    GROUP BY 1, 2
"""
BY_HOUR_SQL = """
    SELECT date_trunc('hour', created_at) AS hour, count(*),
           count(*) FILTER (WHERE confirmed_at IS NOT NULL OR state = 'held')
    FROM signatures_signature WHERE statement_id = ANY (%s) AND created_at >= %s GROUP BY hour
"""


@dataclass(frozen=True)
class FunnelRow:
    """How many signatures of the last day reached each step; `reminded` and `brought` count reminders of that day."""

    label: str
    submitted: int
    mailed: int
    confirmed: int
    listed: int
    reminded: int
    brought: int


@dataclass(frozen=True)
class HourCounts:
    at: datetime
    created: int
    confirmed: int


def hourly_counts(*, now: datetime) -> list[HourCounts]:
    """Counts the last 24 hours, including empty ones. `confirmed` counts those of the hour that are confirmed now."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    rows_by_hour = {row[0]: row for row in _rows(BY_HOUR_SQL, first)}
    hours = (first + timedelta(hours=past) for past in range(HOURS))
    return [HourCounts(hour, *rows_by_hour.get(hour, (hour, 0, 0))[1:]) for hour in hours]


def daily_counts(*, now: datetime) -> list[tuple[date, int]]:
    """Counts confirmed signatures for each of the last thirty days in UTC, as the worker last counted them."""
    days: dict[date, int] = defaultdict(int)
    for growth in Growth.objects.all():
        for day, count in growth.all_days():
            days[day] += count
    past = (now.date() - DAY * (DAYS - 1 - number) for number in range(DAYS))
    return [(day, days[day]) for day in past]


def funnel(*, now: datetime) -> tuple[list[FunnelRow], list[FunnelRow]]:
    """Counts the steps by language and by email provider. Small providers are one row without a name."""
    rows = _rows(FUNNEL_SQL, now - DAY) + _rows(REMINDED_SQL, now - DAY)
    languages = _rows_by_label((row[0], row[2:]) for row in rows)
    return languages, _rows_by_label((mail_provider.provider_name(row[1]) or "", row[2:]) for row in rows)


def drilldown_rows(step: str, begin: datetime, end: datetime | None, by: str, label: str) -> SignatureQuerySet:
    """Returns the signatures that a figure counts. Raises ValueError for an unknown figure."""
    if step in ("reminded", "brought"):
        return _reminded_rows(step, begin, by, label)
    if step == "counted":
        rows = Signature.objects.counted().filter(statement__in=published_statement_ids(), confirmed_at__gte=begin)
        return rows.filter(confirmed_at__lt=end) if end else rows
    rows = Signature.objects.filter(statement__in=published_statement_ids(), created_at__gte=begin)
    rows = rows.filter(created_at__lt=end) if end else rows
    first = Mail.objects.filter(signature=OuterRef("pk"), kind=Mail.Kind.CONFIRM).order_by("id")
    if by == "language":
        rows = rows.filter(language=label)
    elif by == "provider":
        provider = Coalesce(Subquery(first.values("provider")[:1]), Value(""))
        rows = _filter_by_provider(rows.annotate(confirm_provider=provider), "confirm_provider", label)
    elif by:
        raise ValueError(by)
    return _rows_that_reached(step, rows, first)


def _rows_that_reached(step: str, rows: SignatureQuerySet, first: QuerySet[Mail]) -> SignatureQuerySet:
    if step == "submitted":
        return rows
    if step == "mailed":
        return rows.annotate(emailed_at=Subquery(first.values("sent_at")[:1])).filter(emailed_at__isnull=False)
    if step == "confirmed":
        return rows.filter(Q(confirmed_at__isnull=False) | Q(state=Signature.State.HELD))
    if step == "listed":
        return rows.filter(listed=True)
    raise ValueError(step)


def _reminded_rows(step: str, begin: datetime, by: str, label: str) -> SignatureQuerySet:
    mails = Mail.objects.filter(signature=OuterRef("pk"), kind=Mail.Kind.REMINDER, sent_at__gte=begin)
    rows = Signature.objects.filter(statement__in=published_statement_ids())
    if by == "provider":
        mails = _filter_by_provider(mails, "provider", label)
    elif by == "language":
        rows = rows.filter(language=label)
    if step == "brought":
        mails = mails.filter(sent_at__lt=OuterRef("confirmed_at"))
    return rows.filter(Exists(mails))


def _filter_by_provider(rows: Any, field: str, name: str) -> Any:
    """Filters by a large provider, or, without a name, by all small ones."""
    if name:
        return rows.filter(**{f"{field}__in": mail_provider.provider_keys(name)})
    return rows.exclude(**{f"{field}__in": mail_provider.large_provider_keys()})


def sum_of_rows(funnel_rows: Iterable[FunnelRow]) -> FunnelRow:
    rows = [astuple(row)[1:] for row in funnel_rows]
    return (
        FunnelRow("", *(sum(numbers) for numbers in zip(*rows, strict=True)))
        if rows
        else FunnelRow("", 0, 0, 0, 0, 0, 0)
    )


def sector_counts() -> list[tuple[int, int]]:
    """Returns sector ids with their counted signatures, largest first."""
    counts: dict[int, int] = {}
    for model in (Tally, TallyEntry):
        for sector, count in model.objects.values_list("sector").annotate(Sum("counted")):
            counts[sector] = counts.get(sector, 0) + count
    return sorted(((sector, count) for sector, count in counts.items() if count), key=lambda pair: (-pair[1], pair[0]))


def failed_email_replies() -> list[tuple[str, int]]:
    """Returns the most frequent replies of mail servers to failed emails, with their number."""
    failed = Mail.objects.filter(status=Mail.Status.FAILED).values_list("last_error").order_by()
    return list(failed.annotate(total=Count("id")).order_by("-total", "last_error")[:MAX_ROWS])


def reminder_counts() -> tuple[int, int]:
    """Returns how many reminders were sent, and how many signatures were confirmed after one."""
    sent = Mail.objects.filter(kind=Mail.Kind.REMINDER, sent_at__isnull=False)
    brought = sent.filter(signature__confirmed_at__gt=F("sent_at")).aggregate(total=Count("signature", distinct=True))
    return sent.count(), brought["total"]


def top_referrers() -> list[tuple[Signature, int]]:
    """Returns the counted signatures whose share links led to the most signatures."""
    shares = Share.objects.filter(Q(brought__gt=0), signature__counted=True).select_related("signature")
    return [(share.signature, share.brought) for share in shares.order_by("-brought", "id")[:MAX_ROWS]]


def _rows(statement: str, since: datetime) -> list[tuple]:
    """Runs the query for published statements. It filters by statement id so that an index is used."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [published_statement_ids(), since])
        return cursor.fetchall()


def published_statement_ids() -> list[int]:
    return list(Statement.objects.exclude(state=Statement.State.DRAFT).values_list("id", flat=True))


def _rows_by_label(rows: Iterable[tuple[str, tuple[int, ...]]]) -> list[FunnelRow]:
    sums: dict[str, list[int]] = {}
    for label, numbers in rows:
        so_far = sums.setdefault(label, [0] * len(numbers))
        sums[label] = [one + more for one, more in zip(so_far, numbers, strict=True)]
    return sorted(
        (FunnelRow(label, *numbers) for label, numbers in sums.items()),
        key=lambda row: (-row.submitted, not row.label, row.label),
    )

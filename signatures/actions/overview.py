"""What stands on the desk's front page, of all statements together: a few queries that an index answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, F, Q, Sum

from signatures.identity import provider
from signatures.models import Mail, Share, Signature, Statement, Tally, TallyEntry

HOURS = 24
MOST = 8  # rows of one table

FUNNEL = """
    SELECT signature.language, coalesce(mail.provider, ''), count(*), count(mail.sent_at),
           count(*) FILTER (WHERE signature.confirmed_at IS NOT NULL OR signature.state = 'held'),
           count(*) FILTER (WHERE signature.listed)
    FROM signatures_signature AS signature
    LEFT JOIN LATERAL (
        SELECT provider, sent_at FROM signatures_mail
        WHERE signature_id = signature.id AND kind = 'confirm' ORDER BY id LIMIT 1
    ) AS mail ON true
    WHERE signature.statement_id = ANY (%s) AND signature.created_at > %s
    GROUP BY 1, 2
"""
BY_HOUR = """
    SELECT date_trunc('hour', created_at) AS hour, count(*), count(*) FILTER (WHERE counted)
    FROM signatures_signature WHERE statement_id = ANY (%s) AND created_at > %s GROUP BY hour
"""
TRENDS = {
    "domain": "domain",
    "network": "network",
    "name": "regexp_replace(regexp_replace(name, '[0-9]', '9', 'g'), ' .*', '')",
    "sector": "sector_id::text",
}
TREND = """
    SELECT {key} AS key, count(*) AS lately, count(*) FILTER (WHERE counted), min(id)
    FROM signatures_signature WHERE statement_id = ANY (%s) AND created_at > %s AND {key} <> ''
    GROUP BY key HAVING count(*) > 1 ORDER BY lately DESC, key LIMIT 8
"""


@dataclass(frozen=True)
class Steps:
    """How far those came who signed in the last day."""

    label: str
    forms: int
    mailed: int
    confirmed: int
    listed: int


@dataclass(frozen=True)
class Hour:
    at: datetime
    created: int
    counted: int


@dataclass(frozen=True)
class Trend:
    """What many have in common who signed in the last hour; `sample` is one of them."""

    key: str
    created: int
    counted: int
    sample: int


def by_hour(*, now: datetime) -> list[Hour]:
    """The last day, hours in which nobody signed too."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    found = {row[0]: row for row in _rows(BY_HOUR, first)}
    hours = (first + timedelta(hours=past) for past in range(HOURS))
    return [Hour(hour, *found.get(hour, (hour, 0, 0))[1:]) for hour in hours]


def funnel(*, now: datetime) -> tuple[list[Steps], list[Steps]]:
    """By language and by mail provider; the small providers together, without a name."""
    rows = _rows(FUNNEL, now - timedelta(hours=HOURS))
    languages = _together((row[0], row[2:]) for row in rows)
    return languages, _together((provider.name_of(row[1]) or "", row[2:]) for row in rows)


def trends(*, now: datetime) -> dict[str, list[Trend]]:
    since = now - timedelta(hours=1)
    return {name: [Trend(*row) for row in _rows(TREND.format(key=key), since)] for name, key in TRENDS.items()}


def by_sector() -> list[tuple[int, int]]:
    """Ids of sectors and how many are counted there, the most first."""
    total: dict[int, int] = {}
    for model in (Tally, TallyEntry):
        for sector, many in model.objects.values_list("sector").annotate(Sum("counted")):
            total[sector] = total.get(sector, 0) + many
    return sorted(((sector, many) for sector, many in total.items() if many), key=lambda each: (-each[1], each[0]))


def failures() -> list[tuple[str, int]]:
    """What mail servers answered to mails that were given up."""
    failed = Mail.objects.filter(status=Mail.Status.FAILED).values_list("last_error").order_by()
    return list(failed.annotate(many=Count("id")).order_by("-many", "last_error")[:MOST])


def reminded() -> tuple[int, int]:
    """How many reminders were sent, and how many signatures were confirmed after one."""
    sent = Mail.objects.filter(kind=Mail.Kind.REMINDER, status=Mail.Status.SENT)
    brought = sent.filter(signature__confirmed_at__gt=F("sent_at")).aggregate(many=Count("signature", distinct=True))
    return sent.count(), brought["many"]


def best_links() -> list[tuple[Signature, int]]:
    """Whose links brought the most, of those that are counted."""
    shares = Share.objects.filter(Q(brought__gt=0), signature__counted=True).select_related("signature")
    return [(share.signature, share.brought) for share in shares.order_by("-brought", "id")[:MOST]]


def _rows(statement: str, since: datetime) -> list[tuple]:
    """By statement, so that the index of each is read from its end."""
    ids = list(Statement.objects.exclude(state=Statement.State.DRAFT).values_list("id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids, since])
        return cursor.fetchall()


def _together(rows) -> list[Steps]:
    sums: dict[str, list[int]] = {}
    for label, numbers in rows:
        known = sums.setdefault(label, [0, 0, 0, 0])
        sums[label] = [one + more for one, more in zip(known, numbers, strict=True)]
    return sorted(
        (Steps(label, *numbers) for label, numbers in sums.items()), key=lambda each: (-each.forms, each.label)
    )

"""What waits in the outbox, for whom, and for how long it may."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min

from signatures.identity import provider
from signatures.models import Mail, Pace
from signatures.models.pace import SITE

MINUTE = timedelta(minutes=1)
TAKES_NOTHING_AFTER = 2  # requests to slow down without a mail taken between them


@dataclass(frozen=True)
class Waiting:
    """Mail that could have left by now, for one large provider, or for all others together (without a name).

    `done_at` is when the last of it will have left if nothing changes; None where nobody can tell: it takes nothing,
    or nothing but the mail server sets its pace.
    """

    name: str
    mails: int
    since: datetime
    rate: float | None = None
    rests_until: datetime | None = None
    takes_nothing: bool = False
    done_at: datetime | None = None


def waiting_by_provider(*, now: datetime) -> list[Waiting]:
    """The most first, and all others last."""
    paces = {pace.key: pace for pace in Pace.objects.all()}
    waiting = Mail.objects.filter(status=Mail.Status.QUEUED, due_at__lte=now).values("provider").order_by()
    numbers = waiting.annotate(mails=Count("id"), since=Min("due_at"), last_try_at=Max("next_attempt_at"))
    rows = sorted(numbers, key=lambda row: (-row["mails"], row["provider"]))
    site_is_done_at = _done_at(paces.get(SITE), sum(row["mails"] for row in rows), now)
    found = [_of(row, paces.get(row["provider"]), site_is_done_at, now) for row in rows]
    others = [each for each in found if not each.name]
    return [each for each in found if each.name] + ([_together(others)] if others else [])


def _of(row, pace: Pace | None, site_is_done_at: datetime | None, now: datetime) -> Waiting:
    takes_nothing = pace is not None and pace.slowed_in_a_row >= TAKES_NOTHING_AFTER
    done_at = max(filter(None, [_done_at(pace, row["mails"], now), site_is_done_at]), default=None)
    return Waiting(
        name=provider.name_of(row["provider"]) or "",
        mails=row["mails"],
        since=row["since"],
        rate=pace.rate if pace else None,
        rests_until=pace.rests_until if pace and pace.is_resting(now) else None,
        takes_nothing=takes_nothing,
        done_at=max(done_at, row["last_try_at"]) if done_at and not takes_nothing else None,
    )


def _done_at(pace: Pace | None, mails: int, now: datetime) -> datetime | None:
    if pace is None or (pace.key == SITE and not settings.MAILS_PER_MINUTE) or not pace.rate:
        return None
    begins_at = max(now, pace.rests_until or now)
    return begins_at + MINUTE * (max(mails - pace.allowed(now), 0) / pace.rate)


def _together(others: list[Waiting]) -> Waiting:
    """As slow as the slowest of them; each of the others goes its own pace."""
    done = [each.done_at for each in others]
    return Waiting(
        name="",
        mails=sum(each.mails for each in others),
        since=min(each.since for each in others),
        takes_nothing=any(each.takes_nothing for each in others),
        done_at=None if None in done else max(filter(None, done)),
    )

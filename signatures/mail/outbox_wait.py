"""Counts the due emails by mail provider, and estimates when they can leave."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min

from signatures.identity import mail_provider
from signatures.mail.models.email import Mail
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown

Row = tuple[str, int, datetime]  # key of the provider, number of emails, due time of the oldest


@dataclass(frozen=True)
class ProviderBacklog:
    """The due emails for one large provider, or for all others together (`name` is empty)."""

    name: str
    mails: int
    oldest_due_at: datetime
    in_cooldown: int = 0  # of these emails
    resume_at: datetime | None = None  # when the last of their cool-downs ends


def backlog_by_provider(*, now: datetime) -> list[ProviderBacklog]:
    """Sorted by number of emails, the most first; all small providers together come last."""
    resume_at = dict(ProviderCooldown.objects.active(now).values_list("key", "resume_at"))
    due = Mail.objects.filter(status=Mail.Status.QUEUED, due_at__lte=now).values_list("provider").order_by()
    by_name: dict[str, list[Row]] = defaultdict(list)
    for key, mails, oldest_due_at in due.annotate(Count("id"), Min("due_at")):
        by_name[mail_provider.provider_name(key) or ""].append((key, mails, oldest_due_at))
    backlogs = [_provider_backlog(name, rows, resume_at) for name, rows in by_name.items()]
    return sorted(backlogs, key=lambda backlog: (not backlog.name, -backlog.mails, backlog.name))


def budget_lasts_until(backlogs: list[ProviderBacklog], *, now: datetime) -> datetime | None:
    """When the last of these emails leaves if MAILS_PER_MINUTE alone holds them up; None without that limit."""
    if not settings.MAILS_PER_MINUTE:
        return None
    return now + timedelta(minutes=sum(backlog.mails for backlog in backlogs) / settings.MAILS_PER_MINUTE)


def mail_server_resumes_at(*, now: datetime) -> datetime | None:
    """When the mail server is tried again; None if it is not paused."""
    return MailServer.objects.resume_at(now)


def _provider_backlog(name: str, rows: list[Row], resume_at: dict[str, datetime]) -> ProviderBacklog:
    cooling = {key: mails for key, mails, _since in rows if key in resume_at}
    return ProviderBacklog(
        name=name,
        mails=sum(mails for _key, mails, _since in rows),
        oldest_due_at=min(oldest_due_at for _key, _mails, oldest_due_at in rows),
        in_cooldown=sum(cooling.values()),
        resume_at=max((resume_at[key] for key in cooling), default=None),
    )

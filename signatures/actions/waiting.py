"""What waits in the outbox, for which mail providers, and until when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min

from signatures.identity import provider
from signatures.models import Mail, MailServer, ProviderCooldown


@dataclass(frozen=True)
class Waiting:
    """Emails that are due, for one large provider, or for all others together (without a name)."""

    name: str
    mails: int
    since: datetime
    in_cooldown: int = 0  # of these emails
    resume_at: datetime | None = None  # when the last of their cool-downs ends


def waiting_by_provider(*, now: datetime) -> list[Waiting]:
    """The most emails first, and all other providers last."""
    resume_at = dict(ProviderCooldown.objects.active(now).values_list("key", "resume_at"))
    due = Mail.objects.filter(status=Mail.Status.QUEUED, due_at__lte=now).values("provider").order_by()
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in due.annotate(mails=Count("id"), since=Min("due_at")):
        by_name[provider.name_of(row["provider"]) or ""].append(row)
    waiting = [_waiting(name, rows, resume_at) for name, rows in by_name.items()]
    return sorted(waiting, key=lambda each: (not each.name, -each.mails, each.name))


def budget_lasts_until(waiting: list[Waiting], *, now: datetime) -> datetime | None:
    """When the last of these emails leaves if MAILS_PER_MINUTE alone holds them up; None without that limit."""
    if not settings.MAILS_PER_MINUTE:
        return None
    return now + timedelta(minutes=sum(each.mails for each in waiting) / settings.MAILS_PER_MINUTE)


def mail_server_resumes_at(*, now: datetime) -> datetime | None:
    """When the mail server is tried again; None while it is in order."""
    return MailServer.objects.resume_at(now)


def _waiting(name: str, rows: list[dict[str, Any]], resume_at: dict[str, datetime]) -> Waiting:
    cooling = [row for row in rows if row["provider"] in resume_at]
    return Waiting(
        name=name,
        mails=sum(row["mails"] for row in rows),
        since=min(row["since"] for row in rows),
        in_cooldown=sum(row["mails"] for row in cooling),
        resume_at=max((resume_at[row["provider"]] for row in cooling), default=None),
    )

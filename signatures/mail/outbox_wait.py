"""What waits in the outbox, for which mail providers, and until when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min

from signatures.identity import mail_provider
from signatures.mail.models.email import Mail
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown

Row = tuple[str, int, datetime]  # key of the provider, emails, since when the oldest is due


@dataclass(frozen=True)
class Waiting:
    """Emails that are due, for one large provider, or for all others together (without a name)."""

    name: str
    mails: int
    since: datetime
    in_cooldown: int = 0  # of these emails
    resume_at: datetime | None = None  # when the last of their cool-downs ends


def backlog_by_provider(*, now: datetime) -> list[Waiting]:
    """The most emails first, and all other providers last."""
    resume_at = dict(ProviderCooldown.objects.active(now).values_list("key", "resume_at"))
    due = Mail.objects.filter(status=Mail.Status.QUEUED, due_at__lte=now).values_list("provider").order_by()
    by_name: dict[str, list[Row]] = defaultdict(list)
    for key, mails, since in due.annotate(Count("id"), Min("due_at")):
        by_name[mail_provider.provider_name(key) or ""].append((key, mails, since))
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


def _waiting(name: str, rows: list[Row], resume_at: dict[str, datetime]) -> Waiting:
    cooling = {key: mails for key, mails, _since in rows if key in resume_at}
    return Waiting(
        name=name,
        mails=sum(mails for _key, mails, _since in rows),
        since=min(since for _key, _mails, since in rows),
        in_cooldown=sum(cooling.values()),
        resume_at=max((resume_at[key] for key in cooling), default=None),
    )

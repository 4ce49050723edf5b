"""An update, mailed to the signers who want updates. Who asks for it writes one row; the worker writes all others, some
at a time. It may be killed at any moment and goes on where it stood: what is written is never written again."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.models.email import Mail, Suppression, try_lock_mailboxes
from signatures.mail.outbox import build_email, wake_mailer
from signatures.mail.update_subscribers import update_subscribers, waiting_for
from signatures.statements.models.update import Update
from signatures.web.time_boxed import Clock

BATCH = 250
RUN = timedelta(seconds=25)  # then beat's next task goes on; well under a task's time limit


@transaction.atomic
def request_update_mailing(*, update_id: int, actor: User, now: datetime) -> bool:
    """Whether that was news: an update is mailed once, whoever asks again. It leaves once it can be read."""
    update = Update.objects.select_for_update(of=("self",)).select_related("statement").get(id=update_id)
    if update.published_at is None or update.is_email_queued:
        return False
    update.mailing_asked_at = now
    update.save(update_fields=["mailing_asked_at"])
    record_audit_entry(
        AuditEntry.Action.MAIL_UPDATE,
        statement=update.statement,
        actor=actor,
        reason=update.wording(update.statement.language).title,
        now=now,
        about=update,
        details={"signers": count_update_subscribers(update)},
    )
    return True


def count_update_subscribers(update: Update) -> int:
    return update_subscribers(update.statement).count()


def mail_updates(*, clock: Clock) -> int:
    """How many mails it put into the outbox before all were in, or its time was over."""
    stop_at, written = clock() + RUN, 0
    for update_id in Update.objects.due_to_mail(clock()).order_by("id").values_list("id", flat=True):
        while clock() < stop_at and (many := _queue_batch(update_id, clock())):
            written += many
            wake_mailer()
    return written


@transaction.atomic
def _queue_batch(update_id: int, now: datetime) -> int:
    """Nothing where another worker is at it, where all are written, or where somebody decides about each one left."""
    open_ones = Update.objects.due_to_mail(now).select_for_update(skip_locked=True, of=("self",), no_key=True)
    update = open_ones.select_related("statement").filter(id=update_id).first()
    if update is None:
        return 0
    found = list(waiting_for(update)[:BATCH])
    if not found:
        Update.objects.filter(id=update_id).update(mailing_finished_at=now)
        return 0
    return _queue_emails_to(update, found, now)


def _queue_emails_to(update: Update, found: list[Any], now: datetime) -> int:
    """To those whose mailbox nobody decides about just now, looked at again under its lock: who has gone meanwhile gets
    no mail. The others come with the next batch."""
    known = {signature.id: signature.digests() for signature in found}
    got = try_lock_mailboxes({digest for digests in known.values() for digest in digests})
    ours = [each for each, digests in known.items() if got.issuperset(digests)]
    signers = list(waiting_for(update).filter(id__in=ours))
    turns = Mail.objects.next_allowed_at_each({each.id: known[each.id] for each in signers}, now)
    silent = Suppression.objects.owners({each.id: known[each.id] for each in signers})
    mails = [build_email(each, Mail.Kind.UPDATE, now=now, due_at=turns[each.id], update=update) for each in signers]
    for mail in mails:
        if mail.signature_id in silent:
            mail.status = Mail.Status.CANCELLED
    return len(Mail.objects.bulk_create(mails, ignore_conflicts=True))

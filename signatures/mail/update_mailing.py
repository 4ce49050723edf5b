"""Emails an update to the signers who want updates. An organiser's request stores one date; the worker then queues the
emails in batches. A killed worker continues where it stopped and queues no email twice."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.models.email import Mail, Suppression, try_lock_mailboxes
from signatures.mail.outbox import build_email, wake_mailer
from signatures.mail.update_subscribers import remaining_subscribers, update_subscribers
from signatures.statements.models.update import Update
from signatures.web.time_boxed import Clock

BATCH = 250
MAX_RUN_TIME = timedelta(seconds=25)  # less than the task's time limit; the next task continues


@transaction.atomic
def request_update_mailing(*, update_id: int, actor: User, now: datetime) -> bool:
    """Returns False if the update is already requested, or has no publication date. The emails leave after
    publication."""
    update = Update.objects.select_for_update(of=("self",)).select_related("statement").get(id=update_id)
    if update.published_at is None or update.is_email_queued:
        return False
    update.mailing_asked_at = now
    update.save(update_fields=["mailing_asked_at"])
    record_audit_entry(
        AuditEntry.Action.MAIL_UPDATE,
        statement=update.statement,
        actor=actor,
        reason=update.translation_for(update.statement.language).title,
        now=now,
        about=update,
        details={"signers": count_update_subscribers(update)},
    )
    return True


def count_update_subscribers(update: Update) -> int:
    return update_subscribers(update.statement).count()


def queue_update_emails(*, clock: Clock) -> int:
    """Queues emails until all are queued or the time is over. Returns how many."""
    stop_at, written = clock() + MAX_RUN_TIME, 0
    for update_id in Update.objects.due_to_mail(clock()).order_by("id").values_list("id", flat=True):
        while clock() < stop_at and (count := _queue_batch(update_id, clock())):
            written += count
            wake_mailer()
    return written


@transaction.atomic
def _queue_batch(update_id: int, now: datetime) -> int:
    """Returns 0 if another worker holds the update, if all emails are queued, or if all remaining mailboxes are
    locked."""
    due_updates = Update.objects.due_to_mail(now).select_for_update(skip_locked=True, of=("self",), no_key=True)
    update = due_updates.select_related("statement").filter(id=update_id).first()
    if update is None:
        return 0
    signers = list(remaining_subscribers(update)[:BATCH])
    if not signers:
        Update.objects.filter(id=update_id).update(mailing_finished_at=now)
        return 0
    return _queue_emails_to(update, signers, now)


def _queue_emails_to(update: Update, candidates: list[Any], now: datetime) -> int:
    """Queues emails to the mailboxes that can be locked now. It reads the signers again under the lock, so that nobody
    who left in the meantime gets one. The other mailboxes come with the next batch."""
    digests = {signature.id: signature.digests() for signature in candidates}
    locked = try_lock_mailboxes({digest for of_one in digests.values() for digest in of_one})
    locked_ids = [signature_id for signature_id, of_one in digests.items() if locked.issuperset(of_one)]
    signers = list(remaining_subscribers(update).filter(id__in=locked_ids))
    digests_of_signers = {signer.id: digests[signer.id] for signer in signers}
    due_at = Mail.objects.next_allowed_at_each(digests_of_signers, now)
    suppressed = Suppression.objects.owners(digests_of_signers)
    mails = [
        build_email(signer, Mail.Kind.UPDATE, now=now, due_at=due_at[signer.id], update=update) for signer in signers
    ]
    for mail in mails:
        if mail.signature_id in suppressed:
            mail.status = Mail.Status.CANCELLED
    return len(Mail.objects.bulk_create(mails, ignore_conflicts=True))

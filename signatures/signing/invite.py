"""Creates, emails, revokes and accepts personal invitations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.identity.mailbox import Mailbox
from signatures.mail.models.email import Mail, Suppression, lock_mailbox
from signatures.mail.outbox import queue_invitation_email
from signatures.signing.models.invitation import Invitation, InvitationQuerySet
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

INVITATION_VALID_FOR = timedelta(days=60)
MIN_TIME_BETWEEN_EMAILS = timedelta(days=3)
MAX_EMAILS = 2  # for one invitation


@dataclass(frozen=True)
class Invitee:
    name: str
    credit: str = ""
    mailbox: Mailbox | None = None
    language: str = ""
    """Empty means the statement's own language."""


@transaction.atomic
def invite(
    *, statement: Statement, people: Sequence[Invitee], actor: User, expires_at: datetime, now: datetime
) -> list[Invitation]:
    """Creates one invitation for each person, all or none. Sends no email."""
    made = Invitation.objects.bulk_create(
        _build_invitation(guest, statement=statement, invited_by=actor, created_at=now, expires_at=expires_at)
        for guest in people
    )
    record_audit_entry(
        AuditEntry.Action.INVITE, statement=statement, actor=actor, reason="", now=now,
        about=made[0] if len(made) == 1 else None, details={"invitations": len(made)},
    )  # fmt: skip
    return made


def _build_invitation(guest: Invitee, *, statement: Statement, **fields: Any) -> Invitation:
    language = guest.language or statement.language
    made = Invitation(statement=statement, name=guest.name, credit=guest.credit, language=language, **fields)
    if guest.mailbox:
        made.set_mailbox(guest.mailbox)
    return made


def mail_invitations(*, ids: Collection[int], actor: User, now: datetime) -> int:
    """Queues the emails that are allowed and returns their number. Leaves out invitations without a mailbox, emailed
    within three days or twice already, and people who have signed or want no email."""
    posted = [invitation for invitation_id in sorted(ids) if (invitation := _queue_email(invitation_id, now))]
    for statement in {invitation.statement for invitation in posted}:
        of_statement = [invitation for invitation in posted if invitation.statement == statement]
        record_audit_entry(
            AuditEntry.Action.MAIL_INVITATIONS, statement=statement, actor=actor, reason="", now=now,
            about=of_statement[0] if len(of_statement) == 1 else None, details={"invitations": len(of_statement)},
        )  # fmt: skip
    return len(posted)


@transaction.atomic
def _queue_email(invitation_id: int, now: datetime) -> Invitation | None:
    stored = Invitation.objects.get(id=invitation_id)
    digests = stored.digests()
    lock_mailbox(digests)
    usable = Invitation.objects.usable(now).filter(id=invitation_id, mailbox_digest__in=digests)
    invitation = usable.select_for_update(of=("self",)).select_related("statement").first()
    if invitation is None or not _may_be_mailed(invitation, digests, now):
        return None
    queue_invitation_email(invitation, generation=invitation.mails.count() + 1, now=now)
    return invitation


def _may_be_mailed(invitation: Invitation, digests: list[bytes], now: datetime) -> bool:
    statement = invitation.statement
    recent = Mail.objects.filter(
        invitation__statement=statement,
        invitation__mailbox_digest__in=digests,
        created_at__gt=now - MIN_TIME_BETWEEN_EMAILS,
    )
    return not (
        invitation.mails.count() >= MAX_EMAILS
        or recent.exists()
        or Suppression.objects.cover(digests)
        or Signature.objects.of(statement).filter(mailbox_digest__in=digests).exists()
        or not Statement.objects.open(now).filter(id=statement.pk).exists()
    )


@transaction.atomic
def invite_no_more(*, invitation_id: int, now: datetime) -> None:
    """Stops email to the invited person. Only the digest of their mailbox stays."""
    invitation = Invitation.objects.get(id=invitation_id)
    digests = invitation.digests()
    if not digests:
        return
    lock_mailbox(digests)
    Suppression.objects.suppress(invitation, Suppression.Reason.NO_MAIL, now=now)
    erase_invitation_mailboxes(Invitation.objects.filter(mailbox_digest__in=digests))


def erase_invitation_mailboxes(due: InvitationQuerySet) -> None:
    """Removes the mailboxes, so that no more email is sent and no address of earlier email is left."""
    Mail.objects.filter(invitation__in=due).cancel_and_clear()
    due.drop_mailboxes()


def erase_invitees(due: InvitationQuerySet, now: datetime) -> None:
    """Erases mailboxes, names and credits, and revokes unused invitations. For erasure requests."""
    invitations = Invitation.objects.filter(id__in=list(due.values_list("id", flat=True)))
    erase_invitation_mailboxes(invitations)
    invitations.filter(signature=None, revoked_at=None).update(revoked_at=now)
    invitations.update(name="", credit="")


@transaction.atomic
def note_sent(*, ids: Collection[int], now: datetime) -> int:
    return Invitation.objects.filter(id__in=ids, sent_at=None).update(sent_at=now)


@transaction.atomic
def revoke(*, ids: Collection[int], actor: User, now: datetime) -> int:
    """Revokes the unused ones among `ids`. Returns their number."""
    rows = list(Invitation.objects.usable(now).filter(id__in=ids).select_for_update().select_related("statement"))
    for row in rows:
        record_audit_entry(
            AuditEntry.Action.REVOKE, statement=row.statement, actor=actor, reason="", about=row, now=now
        )
    return Invitation.objects.filter(id__in=[row.id for row in rows]).update(revoked_at=now)


def mark_invitation_opened(*, invitation_id: int, now: datetime) -> None:
    """Records the first time the button opened the form. Opening the link alone records nothing."""
    Invitation.objects.usable(now).filter(id=invitation_id, opened_at=None).update(opened_at=now)

"""Inviting somebody in person, by mail or by a link that organisers pass on, and what comes of it."""

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
    """The statement's own where it is empty."""


@transaction.atomic
def invite(
    *, statement: Statement, people: Sequence[Invitee], actor: User, expires_at: datetime, now: datetime
) -> list[Invitation]:
    """One invitation for each, all or none. No mail goes out by this."""
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
    """Queues a mail for each whose turn it is, and returns how many: not to who has signed there already, wants no mail
    from here, was written to within three days or twice, or has no mailbox with us."""
    posted = [invitation for each in sorted(ids) if (invitation := _queue_email(each, now))]
    for statement in {invitation.statement for invitation in posted}:
        theirs = [invitation for invitation in posted if invitation.statement == statement]
        record_audit_entry(
            AuditEntry.Action.MAIL_INVITATIONS, statement=statement, actor=actor, reason="", now=now,
            about=theirs[0] if len(theirs) == 1 else None, details={"invitations": len(theirs)},
        )  # fmt: skip
    return len(posted)


@transaction.atomic
def _queue_email(invitation_id: int, now: datetime) -> Invitation | None:
    known = Invitation.objects.get(id=invitation_id)
    digests = known.digests()
    lock_mailbox(digests)
    usable = Invitation.objects.usable(now).filter(id=invitation_id, mailbox_digest__in=digests)
    invitation = usable.select_for_update(of=("self",)).select_related("statement").first()
    if invitation is None or not _may_be_mailed(invitation, digests, now):
        return None
    queue_invitation_email(invitation, generation=invitation.mails.count() + 1, now=now)
    return invitation


def _may_be_mailed(invitation: Invitation, digests: list[bytes], now: datetime) -> bool:
    statement = invitation.statement
    lately = Mail.objects.filter(
        invitation__statement=statement,
        invitation__mailbox_digest__in=digests,
        created_at__gt=now - MIN_TIME_BETWEEN_EMAILS,
    )
    return not (
        invitation.mails.count() >= MAX_EMAILS
        or lately.exists()
        or Suppression.objects.cover(digests)
        or Signature.objects.of(statement).filter(mailbox_digest__in=digests).exists()
        or not Statement.objects.open(now).filter(id=statement.pk).exists()
    )


@transaction.atomic
def invite_no_more(*, invitation_id: int, now: datetime) -> None:
    """Whoever was invited wants no mail from here, and nothing of their mailbox stays but its digest."""
    invitation = Invitation.objects.get(id=invitation_id)
    digests = invitation.digests()
    if not digests:
        return
    lock_mailbox(digests)
    Suppression.objects.suppress(invitation, Suppression.Reason.NO_MAIL, now=now)
    erase_invitation_mailboxes(Invitation.objects.filter(mailbox_digest__in=digests))


def erase_invitation_mailboxes(due: InvitationQuerySet) -> None:
    """Nothing more is mailed to them, and nothing tells where it went."""
    Mail.objects.filter(invitation__in=due).cancel_and_clear()
    due.drop_mailboxes()


def erase_invitees(due: InvitationQuerySet, now: datetime) -> None:
    """Nor who they were; and what nobody has used lets nobody in any more. For whoever holds their mailbox."""
    found = Invitation.objects.filter(id__in=list(due.values_list("id", flat=True)))
    erase_invitation_mailboxes(found)
    found.filter(signature=None, revoked_at=None).update(revoked_at=now)
    found.update(name="", credit="")


@transaction.atomic
def note_sent(*, ids: Collection[int], now: datetime) -> int:
    return Invitation.objects.filter(id__in=ids, sent_at=None).update(sent_at=now)


@transaction.atomic
def revoke(*, ids: Collection[int], actor: User, now: datetime) -> int:
    """Those that nobody has used. Returns how many."""
    rows = list(Invitation.objects.usable(now).filter(id__in=ids).select_for_update().select_related("statement"))
    for row in rows:
        record_audit_entry(
            AuditEntry.Action.REVOKE, statement=row.statement, actor=actor, reason="", about=row, now=now
        )
    return Invitation.objects.filter(id__in=[row.id for row in rows]).update(revoked_at=now)


def mark_invitation_opened(*, invitation_id: int, now: datetime) -> None:
    """The first press of the button that opens the form. A look at the link notes nothing."""
    Invitation.objects.usable(now).filter(id=invitation_id, opened_at=None).update(opened_at=now)

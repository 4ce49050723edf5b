"""Inviting somebody in person, and what comes of it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from signatures.actions.audit import write_down
from signatures.actions.notable import note_check
from signatures.models import AuditEntry, Invitation, Signature, Statement
from signatures.models.check import Method

INVITED_FOR = timedelta(days=60)


@transaction.atomic
def invite(
    *, statement: Statement, people: Sequence[tuple[str, str]], actor: User, expires_at: datetime, now: datetime
) -> list[Invitation]:
    """One invitation for each name and credit, all or none."""
    made = Invitation.objects.bulk_create(
        Invitation(
            statement=statement, name=name, credit=credit, invited_by=actor, created_at=now, expires_at=expires_at
        )
        for name, credit in people
    )
    write_down(AuditEntry.Action.INVITE, statement=statement, actor=actor, reason=str(len(made)), now=now)
    return made


@transaction.atomic
def note_sent(*, ids: Collection[int], now: datetime) -> int:
    return Invitation.objects.filter(id__in=ids, sent_at=None).update(sent_at=now)


@transaction.atomic
def revoke(*, ids: Collection[int], actor: User, now: datetime) -> int:
    """Those that nobody has used. Returns how many."""
    rows = list(Invitation.objects.usable(now).filter(id__in=ids).select_for_update().select_related("statement"))
    for row in rows:
        write_down(AuditEntry.Action.REVOKE, statement=row.statement, actor=actor, reason=row.name, now=now)
    return Invitation.objects.filter(id__in=[row.id for row in rows]).update(revoked_at=now)


def note_opened(*, invitation_id: int, now: datetime) -> None:
    """The first press of the button that opens the form. A look at the link notes nothing."""
    Invitation.objects.usable(now).filter(id=invitation_id, opened_at=None).update(opened_at=now)


@transaction.atomic
def take_up(*, signature: Signature, now: datetime) -> None:
    """The verdict on a confirmed signature was that it is an invited person's, and holds the invitation's row."""
    invitation = Invitation.objects.select_related("invited_by").get(id=signature.invitation_id or 0)
    Invitation.objects.filter(id=invitation.id).update(signature=signature)
    Signature.objects.filter(id=signature.id).update(checked_name=signature.name)
    said = {"reason": str(Method.INVITATION.label), "method": Method.INVITATION}
    note_check(signature, actor=invitation.invited_by, now=now, **said)

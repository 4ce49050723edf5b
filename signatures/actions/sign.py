from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from signatures.actions.post import post
from signatures.identity import mailbox
from signatures.models import Mail, Signature, Statement, Suppression, Version
from signatures.models.mail import lock_mailbox

State = Signature.State


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a signer says of themselves, after the form's hygiene; and the version that they were shown."""

    name: str
    sector_id: int
    version: Version
    credit: str = ""
    organisation: str = ""
    kind: str = Signature.Kind.PERSON
    visibility: str = Signature.Visibility.PUBLIC
    updates: bool = False
    via: str = ""
    """The code of the link that they came by."""


@transaction.atomic
def sign(
    *,
    statement: Statement,
    by: mailbox.Mailbox,
    details: Details,
    language: str,
    now: datetime,
    flags: Collection[str] = (),
) -> None:
    """Takes one signature and queues its mail, as the mailbox's standing asks (design.md, the table of mailboxes).

    Every kind of mailbox runs the same look-ups and gives the caller the same nothing. `flags` are the reasons for a
    moderator to look at it once it is confirmed.
    """
    digests = mailbox.digests(by)
    lock_mailbox(digests)
    signature = Signature.objects.of(statement).of_mailbox(by).select_for_update().first()
    is_suppressed = Suppression.objects.cover(digests)
    turn = Mail.objects.next_turn(digests, now)
    if is_suppressed:
        return
    if signature is None:
        signature = _new(statement, by, now)
        _fill(signature, details, language, flags)
        post(signature, Mail.Kind.CONFIRM, now=now, due_at=turn)
    elif signature.state == State.WITHDRAWN:
        _begin_again(signature, details, language, flags)
        post(signature, Mail.Kind.CONFIRM, now=now, due_at=turn)
    elif signature.state == State.PENDING and turn <= now:
        _begin_again(signature, details, language, flags)
        post(signature, Mail.Kind.CONFIRM, now=now)
    elif signature.state in (State.CONFIRMED, State.HELD) and turn <= now:
        post(signature, Mail.Kind.ALREADY_SIGNED, now=now)


def _new(statement: Statement, by: mailbox.Mailbox, now: datetime) -> Signature:
    signature = Signature(statement=statement, created_at=now)
    signature.set_mailbox(by)
    return signature


def _begin_again(signature: Signature, details: Details, language: str, flags: Collection[str]) -> None:
    """The newest details replace the older ones, and older links lead nowhere. What a moderator set stays, and so do
    flags: a second try would wash them off."""
    signature.state = State.PENDING
    signature.generation += 1
    signature.notable = False
    _fill(signature, details, language, flags)


def _fill(signature: Signature, details: Details, language: str, flags: Collection[str]) -> None:
    signature.rename(details.name)
    signature.credit = details.credit
    signature.organisation = details.organisation
    signature.sector_id = details.sector_id
    signature.version = details.version
    signature.kind = details.kind
    signature.visibility = details.visibility
    signature.updates = details.updates
    signature.via = "" if signature.confirmed_at else details.via  # who comes back was brought before
    signature.language = language
    signature.flags = list(dict.fromkeys([*signature.flags, *flags]))
    signature.save()

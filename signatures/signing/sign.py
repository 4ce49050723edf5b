from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from signatures.identity import mail_provider, mailbox
from signatures.identity.website import Website
from signatures.mail.models.email import Mail
from signatures.mail.outbox import build_email, wake_mailer
from signatures.signing.fast_sql.sign import SignResult, enter, go_on
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.version import Version

State = Signature.State


@dataclass(frozen=True, kw_only=True)
class SignerDetails:
    """What a signer says of themselves, after the form's hygiene; and the version that they were shown."""

    name: str
    sector_id: int
    version: Version
    credit: str = ""
    organisation: str = ""
    website: Website | None = None
    officer: str = ""
    officer_post: str = ""
    """Of an organisation: where it is on the web, and who signs for it."""
    kind: str = Signature.Kind.PERSON
    visibility: str = Signature.Visibility.PUBLIC
    updates: bool = False
    invitation_id: int | None = None
    via: str = ""
    """The code of the link that they came by."""


def sign(
    *,
    statement: Statement,
    by: mailbox.Mailbox,
    details: SignerDetails,
    language: str,
    now: datetime,
    flags: Collection[str] = (),
    network: str = "",
) -> None:
    """Takes one signature and queues its mail, as the mailbox's standing asks (design.md, the table of mailboxes).

    Every kind of mailbox runs the same look-ups and gives the caller the same nothing. `flags` are the reasons for a
    moderator to look at it once it is confirmed; `network` is where it comes from, scrambled.
    """
    digests = by.digests
    signature = new_signature(statement=statement, by=by, details=details, language=language, flags=flags, now=now)
    signature.network = network
    mail = build_email(
        signature, Mail.Kind.CONFIRM, now=now, due_at=now, provider=mail_provider.provider_key(by.address)
    )
    entry = enter(signature, mail, digests, now)
    if entry.is_email_queued or (_may_sign_again(entry) and _sign_again(signature, mail, digests, now)):
        transaction.on_commit(wake_mailer, robust=True)


def _sign_again(signature: Signature, mail: Mail, digests: list[bytes], now: datetime) -> bool:
    """Whose signature was erased at this very moment signs as if there had been none."""
    return go_on(signature, mail, digests, now) or enter(signature, mail, digests, now).is_email_queued


def _may_sign_again(entry: SignResult) -> bool:
    """What was so a moment ago is looked at again, under the mailbox's lock, by who changes it."""
    if entry.state is None or entry.state == State.REJECTED:
        return False
    return entry.state == State.WITHDRAWN or entry.may_be_emailed


def new_signature(
    *,
    statement: Statement,
    by: mailbox.Mailbox,
    details: SignerDetails,
    language: str,
    now: datetime,
    flags: Collection[str] = (),
) -> Signature:
    """Not saved."""
    signature = Signature(statement=statement, created_at=now)
    signature.set_mailbox(by)
    signature.rename(details.name)
    signature.credit = details.credit
    signature.organisation = details.organisation
    signature.website = details.website.url if details.website else ""
    signature.website_domain = details.website.domain if details.website else ""
    signature.officer, signature.officer_post = details.officer, details.officer_post
    signature.sector_id = details.sector_id
    signature.version = details.version
    signature.kind = details.kind
    signature.visibility = details.visibility
    signature.updates = details.updates
    signature.invitation_id = details.invitation_id
    signature.via = details.via
    signature.language = language
    signature.flags = list(dict.fromkeys(flags))
    return signature

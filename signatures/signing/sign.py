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
    """The signer's cleaned details and the version that they were shown."""

    name: str
    sector_id: int
    version: Version
    credit: str = ""
    organisation: str = ""
    website: Website | None = None
    officer: str = ""
    officer_post: str = ""
    """`website`, `officer` and `officer_post` are for organisations only."""
    kind: str = Signature.Kind.PERSON
    visibility: str = Signature.Visibility.PUBLIC
    updates: bool = False
    invitation_id: int | None = None
    via: str = ""
    """The code of the share link that they came by."""


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
    """Records one signature and queues its email, according to the mailbox's state (design.md, the table of mailboxes).

    Every kind of mailbox runs the same look-ups, and the caller always gets None. `flags` are reasons to hold the
    signature once it is confirmed; `network` is the keyed digest of its network.
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
    """Signs again. If the old signature was erased in the meantime, signs as a new mailbox."""
    return go_on(signature, mail, digests, now) or enter(signature, mail, digests, now).is_email_queued


def _may_sign_again(entry: SignResult) -> bool:
    """Returns whether to try again. `go_on` checks the same under the mailbox's lock."""
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
    """Builds a signature without saving it."""
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

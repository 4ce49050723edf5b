"""A line of an import becomes a pending signature."""

from datetime import datetime

from signatures.identity import mail_provider, mailbox
from signatures.mail.models.email import Mail
from signatures.mail.outbox import build_email
from signatures.signing.fast_sql.sign import enter
from signatures.signing.sign import SignerDetails, new_signature
from signatures.transfers.models.imports import Import, ImportLine


def sign_imported(
    *, found: Import, by: mailbox.Mailbox, details: SignerDetails, language: str, now: datetime
) -> ImportLine.State:
    """Somebody who signed elsewhere: enters them where their mailbox has no signature on the statement and is not
    suppressed, and queues the mail that asks them. Whoever has a signature here, even one that they withdrew, keeps it
    as it is and gets no mail."""
    digests = by.digests
    signature = new_signature(statement=found.statement, by=by, details=details, language=language, now=now)
    signature.imported = found
    mail = build_email(
        signature, Mail.Kind.CONFIRM, now=now, due_at=now, provider=mail_provider.provider_key(by.address)
    )
    mail.priority = Mail.Priority.LAST  # behind those who wait for theirs
    entry = enter(signature, mail, digests, now)
    if entry.is_email_queued or found.signatures.filter(mailbox_digest__in=digests).exists():
        return ImportLine.State.BROUGHT
    return ImportLine.State.SILENT if entry.state is None else ImportLine.State.KNOWN

"""A line of an import becomes a pending signature."""

from datetime import datetime

from signatures.identity import mail_provider, mailbox
from signatures.mail.models.email import Mail
from signatures.mail.outbox import build_email
from signatures.signing.fast_sql.sign import enter
from signatures.signing.sign import SignerDetails, new_signature
from signatures.transfers.models.imports import Import, ImportLine


def sign_imported(
    *, import_row: Import, by: mailbox.Mailbox, details: SignerDetails, language: str, now: datetime
) -> ImportLine.State:
    """Adds a person who signed elsewhere and queues the email that asks them to confirm. Skips a suppressed mailbox
    and one with a signature on the statement, even a withdrawn one: that signature stays and gets no email."""
    digests = by.digests
    signature = new_signature(statement=import_row.statement, by=by, details=details, language=language, now=now)
    signature.imported = import_row
    mail = build_email(
        signature, Mail.Kind.CONFIRM, now=now, due_at=now, provider=mail_provider.provider_key(by.address)
    )
    mail.priority = Mail.Priority.LAST  # after all other email
    entry = enter(signature, mail, digests, now)
    if entry.is_email_queued or import_row.signatures.filter(mailbox_digest__in=digests).exists():
        return ImportLine.State.BROUGHT
    return ImportLine.State.SILENT if entry.state is None else ImportLine.State.KNOWN

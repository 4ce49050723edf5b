"""What has a mailbox: sealed, beside a digest of it."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken

from signatures.identity import mail_provider as provider
from signatures.identity import mailbox
from signatures.identity.mailbox import Mailbox


class MailboxFields:
    if TYPE_CHECKING:
        mailbox: Any
        mailbox_digest: Any
        digest_key: Any

    @property
    def address(self) -> str:
        """The mailbox in clear, for the envelope of a mail. Empty once erased."""
        return mailbox.unseal(bytes(self.mailbox)) if self.mailbox else ""

    @property
    def mail_domain(self) -> str:
        """What stands behind the @, in lower case. Empty once erased, and where it cannot be told."""
        with suppress(InvalidToken):
            return self.address.lower().rpartition("@")[2]
        return ""

    def set_mailbox(self, found: Mailbox) -> None:
        """The mailbox together with all that it is known again by. Does not save."""
        self.mailbox = mailbox.seal(found.address)
        self.digest_key, self.mailbox_digest = found.digest_key, found.digest

    def digests(self) -> list[bytes]:
        """Of its mailbox, as stored and under every listed key: what a lock and a cap must cover while keys rotate."""
        if self.mailbox is None or self.mailbox_digest is None:
            return []
        known = {bytes(self.mailbox_digest)}
        with suppress(InvalidToken):  # its key is no longer listed: what is stored has to do
            known.update(mailbox.from_address(self.address).digests)
        return sorted(known)

    @property
    def provider(self) -> str:
        """The key of who takes its mail; empty where that cannot be told."""
        with suppress(InvalidToken):
            return provider.provider_key(self.address) if self.mailbox else ""
        return ""

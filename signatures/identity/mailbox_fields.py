"""A mixin for models that store a mailbox: encrypted, with a digest of it."""

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
        """Returns the decrypted mailbox, for the envelope of an email. Empty after erasure."""
        return mailbox.decrypt_address(bytes(self.mailbox)) if self.mailbox else ""

    @property
    def mail_domain(self) -> str:
        """Returns the part after the @ in lower case. Empty after erasure, and if the mailbox cannot be decrypted."""
        with suppress(InvalidToken):
            return self.address.lower().rpartition("@")[2]
        return ""

    def set_mailbox(self, new_mailbox: Mailbox) -> None:
        """Sets the mailbox together with its digest. Does not save."""
        self.mailbox = mailbox.encrypt_address(new_mailbox.address)
        self.digest_key, self.mailbox_digest = new_mailbox.digest_key, new_mailbox.digest

    def digests(self) -> list[bytes]:
        """Returns the stored digest and those under every listed key: locks and caps cover all during a rotation."""
        if self.mailbox is None or self.mailbox_digest is None:
            return []
        digests = {bytes(self.mailbox_digest)}
        with suppress(InvalidToken):  # its key is no longer listed: only the stored digest is left
            digests.update(mailbox.from_address(self.address).digests)
        return sorted(digests)

    @property
    def provider(self) -> str:
        """Returns the key of its mail provider; empty if the mailbox is erased or cannot be decrypted."""
        with suppress(InvalidToken):
            return provider.provider_key(self.address) if self.mailbox else ""
        return ""

from functools import lru_cache

from django.conf import settings
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address


class EmailBackend(smtp.EmailBackend):
    """Django's backend, extended to send a message that is already rendered to bytes."""

    def send_bytes(self, recipient: str, message: bytes) -> None:
        """Sends from DEFAULT_FROM_EMAIL to one address, which must be ASCII. Opens the connection if necessary; raises
        the errors of smtplib."""
        with self._lock:
            self.open()
            self.connection.sendmail(_sender_address(settings.DEFAULT_FROM_EMAIL), [recipient], message)  # type: ignore[union-attr]


@lru_cache(maxsize=8)
def _sender_address(address: str) -> str:
    return str(sanitize_address(address, "utf-8"))

"""A local SMTP server on a free port that replies as a test defines.

`mail_server` is is for tests that send in this process. `serving` gives an EMAIL_URL for the processes of
tests/site.py.
"""

import asyncio
import email
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.dumps import USED
from tools.dev import ports

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

ReplyFunction = Callable[[str], str | None]
HANG_UP, TAKE_AND_HANG_UP = "(hangs up)", "(takes the mail and hangs up)"  # results of at_data that are not replies


@dataclass
class Sink:
    """Accepts every email, unless `at_rcpt` or `at_data` returns another reply for an address."""

    at_rcpt: ReplyFunction = lambda address: None
    at_data: ReplyFunction = lambda address: None
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    sessions: set[tuple[str, int]] = field(default_factory=set)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options) -> str:
        if refused := await asyncio.to_thread(self.at_rcpt, address):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        refused = await asyncio.to_thread(self.at_data, address)
        if refused in (HANG_UP, TAKE_AND_HANG_UP):
            server.transport.abort()  # type: ignore[union-attr]
        if refused not in (None, TAKE_AND_HANG_UP):
            return refused
        message: EmailMessage = email.message_from_bytes(bytes(envelope.content), policy=default)  # type: ignore[arg-type]
        USED.note_mail(address, message)
        self.messages.append(message)
        self.recipients.append(address)
        self.sessions.add(session.peer)  # type: ignore[arg-type]
        return "250 OK"


@contextmanager
def mail_server(settings, **answers: ReplyFunction) -> Iterator[Sink]:
    """Sends the project's emails to the sink that it yields."""
    sink, port = Sink(**answers), ports.free()  # type: ignore[arg-type]
    settings.EMAIL_HOST, settings.EMAIL_PORT = ports.HOST, port
    settings.EMAIL_BACKEND = "signatures.mail.smtp_backend.EmailBackend"
    with serving(sink, port):
        yield sink


@contextmanager
def serving(sink: Sink, port: int, *, host: str = ports.HOST) -> Iterator[str]:
    """Yields the address of the sink in the format of EMAIL_URL."""
    controller = Controller(sink, hostname=host, port=port)
    controller.start()
    try:
        yield f"smtp://{host}:{port}"
    finally:
        controller.stop()


def link_in(message: EmailMessage, purpose: str) -> str:
    body = message.get_body(("plain",))
    assert body
    (link,) = re.findall(rf"https?://\S+/{purpose}/\S+", body.get_content())
    return link

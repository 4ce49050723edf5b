"""Renders emails with the same text once, and fills in name, address and links for each recipient.

Rendering a confirmation from its three templates takes about a millisecond of processor time; filling in a rendered
template takes a thirtieth of that.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.utils.html import escape

from signatures.mail.messages import TO_MANY, MailToMany, build_for_many
from signatures.mail.models.email import Mail
from signatures.statements.models.update import Update
from signatures.web.tokens import Purpose


@dataclass(frozen=True)
class BatchTemplate:
    """A `MailToMany` with placeholders where one email differs from the next. Only the signer's name is available, so a
    template cannot show other data of one signer to another."""

    kind: str
    language: str
    signature: Any
    update: Update | None
    tag: str = field(default_factory=lambda: uuid4().hex)  # random, so no name or statement can contain it
    purposes: set[Purpose] = field(default_factory=set)
    """The purposes of the links in the rendered text."""

    @classmethod
    def from_email(cls, mail: Mail) -> "BatchTemplate":
        signature = type(mail.signer)(statement=mail.signer.statement, imported_id=mail.signer.imported_id)
        template = cls(mail.kind, mail.language, signature, mail.update)
        template.signature.name = template.name
        return template

    @property
    def name(self) -> str:
        """The placeholder of the name. It is not ASCII, so that the message gets an encoding that fits any name, and it
        contains characters that HTML escapes, so that HTML and plain text have different placeholders."""
        return f"<ñ{self.tag}>"

    @property
    def signer(self) -> Any:
        return self.signature

    addressee = signer

    @property
    def recipient(self) -> str:
        return f"{self.tag}@to.invalid"

    @property
    def message_id(self) -> str:
        return f"<{self.tag}@id.invalid>"

    def token(self, purpose: Purpose) -> str:
        self.purposes.add(purpose)
        return f"{self.tag}.{purpose}"

    @cached_property
    def pieces(self) -> list[bytes] | None:
        """The text between placeholders, and the placeholders. None if lines are too long to be sent unchanged: the
        encoding would then change the placeholders too."""
        message = build_for_many(self).message()
        if any(entity["Content-Transfer-Encoding"] not in (None, "7bit", "8bit") for entity in message.walk()):
            return None
        placeholders = b"|".join(map(re.escape, self.placeholder_values(self)))
        return re.split(b"(%s)" % placeholders, message.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]

    def placeholder_values(self, mail: MailToMany) -> dict[bytes, bytes]:
        """Returns the value of each placeholder for one email."""
        name = mail.signer.name
        values = {
            self.name: name,
            escape(self.name): escape(name),
            self.recipient: mail.recipient,
            self.message_id: mail.message_id,
        }
        values |= {self.token(purpose): mail.token(purpose) for purpose in self.purposes}
        return {placeholder.encode(): text.encode() for placeholder, text in values.items()}

    def fill_in(self, mail: Mail) -> bytes | None:
        if self.pieces is None:
            return None
        values = self.placeholder_values(mail)
        return b"".join(values.get(piece, piece) for piece in self.pieces)


class BatchRenderer:
    """Keeps the templates of one batch. Changes to a statement or an update take effect with the next batch."""

    def __init__(self) -> None:
        self.templates: dict[tuple[object, ...], BatchTemplate] = {}

    def render(self, mail: Mail) -> bytes | None:
        """Returns the complete message for an SMTP server, or None if the email has to be rendered individually."""
        if mail.kind not in TO_MANY:
            return None
        signature = mail.signer
        key = (mail.kind, mail.language, signature.statement_id, signature.imported_id, mail.update_id)
        if key not in self.templates:
            self.templates[key] = BatchTemplate.from_email(mail)
        return self.templates[key].fill_in(mail)

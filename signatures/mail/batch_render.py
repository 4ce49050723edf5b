"""Mail merge: what says the same to many is made once, and filled in for each with a name, an address and its links.

To make one confirmation out of its three templates, and bytes out of that, takes a millisecond of a processor. To fill
in a draft takes a thirtieth.
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
    """A `MailToMany`, with a blank wherever one mail differs from the next. Of the signer there is nothing but a name,
    so that a template that said more of them would say it to nobody else."""

    kind: str
    language: str
    signature: Any
    update: Update | None
    tag: str = field(default_factory=lambda: uuid4().hex)  # nobody can write it into a name or a statement
    purposes: set[Purpose] = field(default_factory=set)
    """Of the links that were asked for while it was made."""

    @classmethod
    def of(cls, mail: Mail) -> "BatchTemplate":
        signature = type(mail.signer)(statement=mail.signer.statement, imported_id=mail.signer.imported_id)
        draft = cls(mail.kind, mail.language, signature, mail.update)
        draft.signature.name = draft.name
        return draft

    @property
    def name(self) -> str:
        """Not ASCII, for the encoding of what it stands for; and written otherwise in HTML than in plain text."""
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
        """The text between blanks, and the blanks. None where its lines are too long to be sent as they are: then they
        are broken and encoded, and so would be the blanks."""
        message = build_for_many(self).message()
        if any(part["Content-Transfer-Encoding"] not in (None, "7bit", "8bit") for part in message.walk()):
            return None
        blanks = b"|".join(map(re.escape, self.placeholder_values(self)))
        return re.split(b"(%s)" % blanks, message.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own

    def placeholder_values(self, mail: MailToMany) -> dict[bytes, bytes]:
        """By blank, what stands there in this mail."""
        name = mail.signer.name
        found = {
            self.name: name,
            escape(self.name): escape(name),
            self.recipient: mail.recipient,
            self.message_id: mail.message_id,
        }
        found |= {self.token(purpose): mail.token(purpose) for purpose in self.purposes}
        return {blank.encode(): text.encode() for blank, text in found.items()}

    def fill_in(self, mail: Mail) -> bytes | None:
        if self.pieces is None:
            return None
        found = self.placeholder_values(mail)
        return b"".join(found.get(piece, piece) for piece in self.pieces)


class BatchRenderer:
    """The drafts of one batch: statements, updates and names of organisers are as they were when it began."""

    def __init__(self) -> None:
        self.drafts: dict[tuple[object, ...], BatchTemplate] = {}

    def letter(self, mail: Mail) -> bytes | None:
        """The whole message, as an SMTP server takes it; None for a mail that has to be made by itself."""
        if mail.kind not in TO_MANY:
            return None
        signature = mail.signer
        key = (mail.kind, mail.language, signature.statement_id, signature.imported_id, mail.update_id)
        if key not in self.drafts:
            self.drafts[key] = BatchTemplate.of(mail)
        return self.drafts[key].fill_in(mail)

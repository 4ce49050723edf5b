"""Describes what email needs from the row that it goes to: a signature or an invitation."""

from typing import Any, Protocol

from signatures.statements.models.statement import Statement


class Addressee(Protocol):
    pk: Any
    language: Any
    mailbox_digest: Any
    digest_key: Any

    @property
    def statement(self) -> Statement: ...
    @property
    def address(self) -> str: ...
    @property
    def provider(self) -> str: ...
    def digests(self) -> list[bytes]: ...


class Signer(Addressee, Protocol):
    generation: Any

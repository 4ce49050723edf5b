"""Encrypts other data that contains mailboxes with the same keys as a mailbox: the cells of a line, and whole files."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from typing import IO

from django.conf import settings

from signatures.identity.mailbox import decrypt_address, encrypt_address, multi_fernet

CHUNK = 1 << 20


def encrypt_cells(cells: Sequence[str]) -> bytes:
    return encrypt_address(json.dumps(cells, ensure_ascii=False))


def decrypt_cells(encrypted: bytes | memoryview) -> list[str]:
    """Raises cryptography's InvalidToken if none of the listed keys can decrypt it."""
    cells: list[str] = json.loads(decrypt_address(encrypted))
    return cells


def encrypt_file(content: bytes, into: IO[bytes]) -> None:
    for begin in range(0, len(content), CHUNK):
        into.write(multi_fernet().encrypt(content[begin : begin + CHUNK]) + b"\n")


def decrypt_file(lines: Iterable[bytes]) -> bytes:
    return b"".join(multi_fernet().decrypt(line.rstrip(b"\n")) for line in lines)


def digest_of_file(content: bytes) -> str:
    """Identifies the same file again without revealing its content."""
    return hmac.new(settings.DIGEST_KEYS[0].encode(), b"file " + content, hashlib.sha256).hexdigest()

"""What holds mailboxes among other things, sealed like a mailbox: the cells of a line, and whole files."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from typing import IO

from django.conf import settings

from signatures.identity.mailbox import multi_fernet, seal, unseal

CHUNK = 1 << 20


def encrypt_cells(cells: Sequence[str]) -> bytes:
    return seal(json.dumps(cells, ensure_ascii=False))


def decrypt_cells(sealed: bytes | memoryview) -> list[str]:
    """cryptography's InvalidToken where no listed key made it."""
    found: list[str] = json.loads(unseal(sealed))
    return found


def encrypt_file(content: bytes, into: IO[bytes]) -> None:
    for begin in range(0, len(content), CHUNK):
        into.write(multi_fernet().encrypt(content[begin : begin + CHUNK]) + b"\n")


def decrypt_file(lines: Iterable[bytes]) -> bytes:
    return b"".join(multi_fernet().decrypt(line.rstrip(b"\n")) for line in lines)


def digest_of_file(content: bytes) -> str:
    """By which the same file is known again, and which tells nobody what is in it."""
    return hmac.new(settings.DIGEST_KEYS[0].encode(), b"file " + content, hashlib.sha256).hexdigest()

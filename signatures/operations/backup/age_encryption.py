"""Encrypts files for public keys in the age format (age-encryption.org), so that the server cannot read old backups."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from pyrage import DecryptError, IdentityError, decrypt_io, encrypt_io, x25519

DecryptInto = Callable[[IO[bytes]], None]
SECRET_PREFIX = "AGE-SECRET-KEY-"  # noqa: S105


class BackupFailed(Exception):
    """An error whose message is a sentence for the operator."""


def write_encrypted(
    path: Path, keys: list[str], source: AbstractContextManager[IO[bytes]], check: Callable[[DecryptInto], None]
) -> None:
    """Encrypts the data of `source` for `keys`, and gives the file its final name after `check` has read it back.

    For this check the file is also encrypted for a temporary key, which is not stored.
    """
    temporary_key = x25519.Identity.generate()
    readers = [*map(x25519.Recipient.from_str, keys), temporary_key.to_public()]
    partial = path.with_name(f"{path.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with source as stream:
                encrypt_io(stream, file, readers)
            file.flush()
            os.fsync(file.fileno())
        check(decrypting(partial, [temporary_key]))
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def decrypting(path: Path, secrets: list[x25519.Identity]) -> DecryptInto:
    """Returns a function that decrypts the whole file into a stream, or raises BackupFailed."""

    def decrypt(sink: IO[bytes]) -> None:
        with path.open("rb") as file:
            try:
                decrypt_io(file, sink, secrets)
            except DecryptError as error:
                raise BackupFailed(f"{path.name} cannot be decrypted: {error}.") from None
            except BrokenPipeError:  # the reading program has ended and reports the reason
                raise
            except OSError as error:
                raise BackupFailed(f"{path.name} is damaged or cut off: {error}.") from None

    return decrypt


def new_key() -> tuple[str, str]:
    """Returns the public and the secret half of a new key pair."""
    secret = x25519.Identity.generate()
    return str(secret.to_public()), str(secret)


def read_secrets(text: str) -> list[x25519.Identity]:
    """Reads secret keys from the output of `manage.py backup_key` or age-keygen."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        secrets = [x25519.Identity.from_str(line) for line in lines if line.startswith(SECRET_PREFIX)]
    except IdentityError:
        raise BackupFailed("A secret key is malformed.") from None
    if not secrets:
        raise BackupFailed(f"There is no secret key: a line that begins with {SECRET_PREFIX}.")
    return secrets

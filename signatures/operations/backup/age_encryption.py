"""age files (age-encryption.org): written for public keys, so that the server cannot read what it wrote yesterday."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from pyrage import DecryptError, IdentityError, decrypt_io, encrypt_io, x25519

DecryptInto = Callable[[IO[bytes]], None]
SECRET_PREFIX = "AGE-SECRET-KEY-"  # noqa: S105


class BackupFailed(Exception):
    """What went wrong, in a sentence for whoever ran the command."""


def write_encrypted(
    path: Path, keys: list[str], source: AbstractContextManager[IO[bytes]], check: Callable[[DecryptInto], None]
) -> None:
    """Writes what `source` gives for the holders of `keys`, and gives the file its name once `check` has read it back.

    For that reading it is for a key of this moment too, which nobody keeps.
    """
    once = x25519.Identity.generate()
    readers = [*map(x25519.Recipient.from_str, keys), once.to_public()]
    partial = path.with_name(f"{path.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with source as stream:
                encrypt_io(stream, file, readers)
            file.flush()
            os.fsync(file.fileno())
        check(decrypting(partial, [once]))
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def decrypting(path: Path, secrets: list[x25519.Identity]) -> DecryptInto:
    """A function that decrypts the file into what it is given, all of it or with a complaint."""

    def pour(sink: IO[bytes]) -> None:
        with path.open("rb") as file:
            try:
                decrypt_io(file, sink, secrets)
            except DecryptError as error:
                raise BackupFailed(f"{path.name} cannot be decrypted: {error}.") from None
            except BrokenPipeError:  # whoever reads has ended, and says why
                raise
            except OSError as error:
                raise BackupFailed(f"{path.name} is damaged or cut off: {error}.") from None

    return pour


def new_key() -> tuple[str, str]:
    """The public half and the secret one."""
    secret = x25519.Identity.generate()
    return str(secret.to_public()), str(secret)


def read_secrets(text: str) -> list[x25519.Identity]:
    """Those in a file as `manage.py backup_key` or age-keygen writes it."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line.startswith(SECRET_PREFIX)]
    except IdentityError:
        raise BackupFailed("A secret key is not written right.") from None
    if not found:
        raise BackupFailed(f"There is no secret key: a line that begins with {SECRET_PREFIX}.")
    return found

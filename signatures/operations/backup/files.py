"""What lies in the storage beside the database, as one stream (tar), wherever the storage is."""

import os
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage

from signatures.operations.backup.age_encryption import BackupFailed, DecryptInto


def stored_files(folder: str = "") -> Iterator[str]:
    """Every file, by its name in the storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever kept
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from stored_files(f"{folder}{name}/")


@contextmanager
def dump() -> Iterator[IO[bytes]]:
    def write(stream: IO[bytes]) -> None:
        with tarfile.open(fileobj=stream, mode="w|") as tar:
            for name in stored_files():
                with default_storage.open(name) as file:
                    entry = tarfile.TarInfo(name)
                    entry.size = file.size
                    tar.addfile(entry, file)

    with _as_stream(write) as stream:
        yield stream


def verify(pour: DecryptInto) -> list[str]:
    """The same as `check`, of what was just packed: it holds every file that is there."""
    held = check(pour)
    if missing := sorted(set(stored_files()) - set(held)):
        raise BackupFailed(f"The backup lacks {', '.join(missing)}.")
    return held


def check(pour: DecryptInto) -> list[str]:
    """Reads it to its end; the names of the files in it."""
    return [entry.name for entry, _content in _entries(pour)]


def restore(pour: DecryptInto, *, replace: bool) -> None:
    """What is in it takes the place of what has the same name; anything else stays."""
    if not replace and any(True for _name in stored_files()):
        raise BackupFailed("The storage holds files already. Restore into an empty one, or say --replace.")
    for entry, content in _entries(pour):
        if default_storage.exists(entry.name):
            default_storage.delete(entry.name)
        default_storage.save(entry.name, File(content))


def _entries(pour: DecryptInto) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    with _as_stream(pour) as stream:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for entry in tar:
                if content := tar.extractfile(entry):
                    yield entry, content
        while stream.read(1 << 16):
            pass  # to the end of the file, where it says that nothing is missing


@contextmanager
def _as_stream(write: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """What `write` writes in another thread, to be read; its complaint comes here."""
    reading, writing = os.pipe()

    def run() -> None:
        with os.fdopen(writing, "wb") as stream:
            write(stream)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(run)
        try:
            with os.fdopen(reading, "rb") as stream:
                yield stream
        except tarfile.ReadError as consequence:
            if complaint := done.exception():
                raise complaint from consequence
            raise
        done.result()

"""Backs up and restores the files of the storage as one tar stream, for any storage backend."""

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
    """Yields the names of all files in the storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
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


def verify(decrypt: DecryptInto) -> list[str]:
    """Checks a new backup, and that it contains every file of the storage."""
    names = check(decrypt)
    if missing := sorted(set(stored_files()) - set(names)):
        raise BackupFailed(f"The backup lacks {', '.join(missing)}.")
    return names


def check(decrypt: DecryptInto) -> list[str]:
    """Reads a backup completely. Returns the names of its files."""
    return [entry.name for entry, _content in _entries(decrypt)]


def restore(decrypt: DecryptInto, *, replace: bool) -> None:
    """Restores files and replaces those with the same name. Other files stay."""
    if not replace and any(True for _name in stored_files()):
        raise BackupFailed("The storage contains files already. Restore into an empty one, or use --replace.")
    for entry, content in _entries(decrypt):
        if default_storage.exists(entry.name):
            default_storage.delete(entry.name)
        default_storage.save(entry.name, File(content))


def _entries(decrypt: DecryptInto) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    with _as_stream(decrypt) as stream:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for entry in tar:
                if content := tar.extractfile(entry):
                    yield entry, content
        while stream.read(1 << 16):
            pass  # read to the end of the file, which proves that nothing is missing


@contextmanager
def _as_stream(write: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """Runs `write` in another thread and yields what it writes as a stream. Exceptions of `write` are raised here."""
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
            if cause := done.exception():
                raise cause from consequence
            raise
        done.result()

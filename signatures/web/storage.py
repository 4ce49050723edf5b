from typing import Any

from django.core.files.storage import default_storage


def read_or_none(name: str) -> bytes | None:
    """Returns the content of a stored file; None if the storage has lost it."""
    try:
        with default_storage.open(name) as file:
            content: Any = file.read()
            return content
    except FileNotFoundError:
        return None

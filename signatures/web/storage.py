from typing import Any

from django.core.files.storage import default_storage


def content(name: str) -> bytes | None:
    """Of a file in the project's storage; None where the storage has lost it."""
    try:
        with default_storage.open(name) as file:
            found: Any = file.read()
            return found
    except FileNotFoundError:
        return None

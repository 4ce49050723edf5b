"""The list of protected names that an empty site begins with."""

import tomllib
from pathlib import Path

from signatures.data import DATA

STARTER_FILE = DATA / "protected_names.toml"


def starter_names(path: Path = STARTER_FILE) -> list[tuple[str, str, str]]:
    """(name, form that is compared, field); "A = B" in the file gives one entry for each form."""
    with path.open("rb") as file:
        fields = tomllib.load(file)
    return [
        (forms.split("=")[0].strip(), written.strip(), field.replace("_", " "))
        for field, names in fields.items()
        for forms in names
        for written in forms.split("=")
    ]

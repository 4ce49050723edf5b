"""Reads the protected names that a new site has."""

import tomllib
from pathlib import Path

from signatures.data import DATA

STARTER_FILE = DATA / "protected_names.toml"


def starter_names(path: Path = STARTER_FILE) -> list[tuple[str, str, str]]:
    """Returns (name, form that is compared, field). A line "A = B" gives one entry for each form."""
    with path.open("rb") as file:
        fields = tomllib.load(file)
    return [
        (forms.split("=")[0].strip(), written.strip(), field.replace("_", " "))
        for field, names in fields.items()
        for forms in names
        for written in forms.split("=")
    ]

import tomllib
from typing import Any

from signatures.data import DATA

FOLDER = DATA / "demo"


def read_source(name: str) -> dict[str, Any]:
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)

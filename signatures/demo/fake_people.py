"""Invents names from Faker's lists, for the locales and in the shares of people.toml."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any

from signatures.demo.source_files import read_source

# How often a name that is taken is drawn again. After that two people have the same name, as in real life.
TRIES = 5


@dataclass(frozen=True)
class FakePerson:
    name: str
    family: str
    is_woman: bool
    language: str  # the language in which they sign
    credits: str  # the language of their credit
    founds: bool  # whether organisations can have their family name


class NameOrigin:
    """One of Faker's locales: its names and how they are combined."""

    def __init__(self, locale: dict[str, Any]):
        # Import the module: Faker("ar_EG") silently falls back to American names if it has no Egyptian ones.
        names = import_module(f"faker.providers.person.{locale['code']}").Provider
        self.language = locale.get("language", "en")
        self.credits = locale.get("credits", self.language)
        self.founds = locale.get("founds", True)
        self.forms: list[str] = locale["forms"]
        left_out, shortest = set(map(_as_cleaned, locale.get("left_out", ()))), locale.get("shortest", 1)
        self.given, self.family, self.middle = (
            {gender: _parts(names, f"{kind}_names", gender, left_out) for gender in ("female", "male")}
            for kind in ("first", "last", "middle")
        )
        self.given = {gender: [name for name in given if len(name) >= shortest] for gender, given in self.given.items()}

    def invent(self, chance: Random) -> FakePerson:
        gender = chance.choice(("female", "male"))
        given, second = chance.choice(self.given[gender]), chance.choice(self.given[gender])
        family, other = chance.choice(self.family[gender]), chance.choice(self.family[gender])
        middle = chance.choice(self.middle[gender]) if self.middle[gender] else ""
        form = chance.choice(self.forms) if second != given and other != family else self.forms[0]
        name = form.format(given=given, second=second, family=family, other=other, middle=middle)
        return FakePerson(name, family, gender == "female", self.language, self.credits, self.founds)


class FakePeople:
    """Invents people one after the other. The same seed gives the same people."""

    def __init__(self, chance: Random):
        locales = read_source("people")["locale"]
        self.chance = chance
        self.origins = [NameOrigin(locale) for locale in locales]
        self.shares = [locale["share"] for locale in locales]
        self.met: set[str] = set()

    def next(self) -> FakePerson:
        (origin,) = self.chance.choices(self.origins, self.shares)
        for _try in range(TRIES):
            person = origin.invent(self.chance)
            if person.name not in self.met:
                break
        self.met.add(person.name)
        return person


def _parts(names: Any, kind: str, gender: str, left_out: set[str]) -> list[str]:
    """Returns the names in Faker's order, which its releases keep. Some lists have weights, some have duplicates."""
    parts: Iterable[str] = getattr(names, f"{kind}_{gender}", ()) or getattr(names, kind, ())
    return [part for part in dict.fromkeys(map(_as_cleaned, parts)) if part not in left_out]


def _as_cleaned(text: str) -> str:
    """Normalises a name like the sign form."""
    return unicodedata.normalize("NFC", text)

"""Invents credits of people and names of organisations."""

from dataclasses import dataclass
from random import Random

from signatures.demo.fake_people import FakePerson
from signatures.demo.source_files import read_source


@dataclass(frozen=True)
class FakeOrganisation:
    name: str
    credit: str


class FakeCredits:
    def __init__(self, chance: Random):
        self.chance = chance
        self.credits = read_source("credits")
        self.organisations = read_source("organisations")

    def credit(self, person: FakePerson, sector: str) -> str:
        words = self.credits[person.credits]
        for_a_man, _, for_a_woman = self.chance.choice(words[sector]).partition("|")
        credit = for_a_woman if person.is_woman and for_a_woman else for_a_man
        return credit.format(title=self._title(words)) if "{title}" in credit else credit

    def organisation(self, person: FakePerson, sector: str) -> FakeOrganisation | None:
        """Returns an organisation with the person's family name, or None if their language has no words for one."""
        kinds = self.organisations.get(person.credits)
        if not kinds or not person.founds:
            return None
        name, credit = self.chance.choice(kinds[sector])
        return FakeOrganisation(name.format(family=person.family), credit)

    def _title(self, words: dict[str, list[str]]) -> str:
        first, second = self.chance.choice(words["titles_begin"]), self.chance.choice(words["titles_end"])
        return f"{first} {second}"

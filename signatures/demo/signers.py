"""Invents signers as plain rows. load.py makes model objects of them, fill.py lines for COPY."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from signatures.demo.fake_people import FakePeople
from signatures.demo.fake_words import FakeCredits
from signatures.signing.models.signature import Signature

Kind, Visibility = Signature.Kind, Signature.Visibility

SHARE_ORGANISATIONS = 0.02  # among signers whose language has words for one; 1.5 % of all
SHARE_ANONYMOUS, SHARE_AFFILIATED, SHARE_WITHOUT_CREDIT, SHARE_WANTING_UPDATES = 0.02, 0.1, 0.12, 0.4


@dataclass(frozen=True)
class Signer:
    name: str
    credit: str
    language: str
    sector: str
    kind: str = Kind.PERSON.value
    organisation: str = ""
    visibility: str = Visibility.PUBLIC.value
    updates: bool = False


class Signers:
    """Invents signers one after the other. The same seed gives the same signers.

    `may_sign` tells whether an organisation of this name may still be added.
    """

    def __init__(
        self, people: FakePeople, shares: dict[str, float], *, may_sign: Callable[[str], bool] = lambda _name: True
    ):
        self.people, self.chance, self.words = people, people.chance, FakeCredits(people.chance)
        self.sectors, self.shares = list(shares), list(shares.values())
        self.may_sign = may_sign

    def next(self) -> Signer:
        person, chance = self.people.next(), self.chance.random
        (sector,) = self.chance.choices(self.sectors, self.shares)
        invented = self.words.organisation(person, sector)
        if invented and chance() < SHARE_ORGANISATIONS and self.may_sign(invented.name):
            updates = chance() < SHARE_WANTING_UPDATES
            return Signer(
                invented.name, invented.credit, person.language, sector, Kind.ORGANISATION.value, updates=updates
            )
        credit = "" if chance() < SHARE_WITHOUT_CREDIT else self.words.credit(person, sector)
        updates = chance() < SHARE_WANTING_UPDATES
        organisation = invented.name if invented and chance() < SHARE_AFFILIATED else ""
        visibility = Visibility.ANONYMOUS if chance() < SHARE_ANONYMOUS else Visibility.PUBLIC
        return Signer(
            person.name, credit, person.language, sector,
            organisation=organisation, visibility=visibility.value, updates=updates,
        )  # fmt: skip


def confirmed_at(chance: Random, created_at: datetime, latest: datetime) -> datetime:
    """Returns a time of confirmation: mostly within minutes, sometimes days later."""
    return min(created_at + timedelta(minutes=chance.lognormvariate(2, 1.5)), latest)

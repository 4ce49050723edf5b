"""Very many signatures as the lines that COPY reads: to try a large site, not to look at.

As crowd.py's, but without a row object each, and nobody is told apart from a namesake.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from signatures.demo.people import Origin, People
from signatures.demo.words import Words
from signatures.identity import keys, mailbox
from signatures.models import Flag, Signature

State, Kind, Visibility = Signature.State, Signature.Kind, Signature.Visibility

COLUMNS = (
    "statement_id", "sector_id", "version_id", "language", "kind", "name", "credit", "organisation", "updates",
    "mailbox", "mailbox_digest", "digest_key", "domain", "state", "visibility", "hidden_at", "notable", "checked_name",
    "flags", "generation", "proposed_name", "proposed_credit", "search_key", "sort_key", "created_at", "confirmed_at",
)  # fmt: skip
NULL = r"\N"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

STATES = {State.CONFIRMED: 96.0, State.PENDING: 3.0, State.WITHDRAWN: 0.5, State.HELD: 0.3, State.REJECTED: 0.2}
DOMAINS = 4999
ORGANISATIONS, ANONYMOUS, HIDDEN, NOTABLE = 0.02, 0.02, 0.0002, 0.0001
AFFILIATED, WITHOUT_CREDIT, WANT_UPDATES = 0.1, 0.12, 0.4


@dataclass(frozen=True)
class Plan:
    """What the processes that write lines are told: plain values alone."""

    statement_id: int
    slug: str
    sectors: dict[str, int]  # ids by slug
    shares: list[float]
    versions: dict[str, int]  # ids by language
    original: str  # the statement's own language
    begins_at: datetime
    ends_at: datetime
    first: int  # the number of the first of them, which its mailbox bears
    many: int
    seed: int


def address(slug: str, number: int) -> str:
    """The mailbox of the one with this number, at one of many domains that nobody can have."""
    return f"signer-{number}@{number % DOMAINS}.{slug}.example.org"


def lines(plan: Plan, skip: int, many: int) -> bytes:
    """`many` of the plan's rows after the first `skip`; the same again for the same plan."""
    chance = Random(f"{plan.seed} {plan.first + skip}")  # noqa: S311 - to be the same again, not to be secret
    return "".join(_Writer(plan, chance).lines(skip, many)).encode()


class _Writer:
    def __init__(self, plan: Plan, chance: Random):
        self.plan, self.chance = plan, chance
        people = People(chance)
        self.origins: list[Origin] = people.origins
        self.origin_shares = people.shares
        self.words = Words(chance)

    def lines(self, skip: int, many: int) -> Iterator[str]:
        plan, chance = self.plan, self.chance
        origins = chance.choices(self.origins, self.origin_shares, k=many)
        sectors = chance.choices(list(plan.sectors), plan.shares, k=many)
        states = chance.choices(list(STATES), list(STATES.values()), k=many)
        step = (plan.ends_at - plan.begins_at) / plan.many
        for at, (origin, sector, state) in enumerate(zip(origins, sectors, states, strict=True), start=skip):
            created_at = plan.begins_at + step * (at + chance.random())
            yield self._line(origin, sector, state, plan.first + at, created_at)

    def _line(self, origin: Origin, sector: str, state: str, number: int, created_at: datetime) -> str:
        person, chance = origin.invent(self.chance), self.chance.random
        name, kind = person.name, Kind.PERSON.value
        credit = "" if chance() < WITHOUT_CREDIT else self.words.credit(person, sector)
        organisation = ""
        if chance() < ORGANISATIONS + AFFILIATED and (found := self.words.organisation(person, sector)):
            if chance() < ORGANISATIONS / (ORGANISATIONS + AFFILIATED):
                name, credit, kind = found.name, found.credit, Kind.ORGANISATION.value
            else:
                organisation = found.name
        values = (
            str(self.plan.statement_id),
            str(self.plan.sectors[sector]),
            str(self.plan.versions.get(person.language) or self.plan.versions[self.plan.original]),
            person.language,
            kind,
            name.translate(ESCAPES),
            credit.translate(ESCAPES),
            organisation.translate(ESCAPES),
            _boolean(chance() < WANT_UPDATES),
            *self._mailbox(number),
            state,
            (Visibility.ANONYMOUS if chance() < ANONYMOUS else Visibility.PUBLIC).value,
            str(created_at) if chance() < HIDDEN else NULL,
            _boolean(state == State.CONFIRMED and chance() < NOTABLE),
            "",
            f"{{{Flag.DEMONSTRATION.value}}}" if state == State.HELD else "{}",
            "1",
            "",
            "",
            keys.search_key(name),
            keys.sort_key(name),
            str(created_at),
            self._confirmed_at(state, created_at),
        )
        return "\t".join(values) + "\n"

    def _mailbox(self, number: int) -> tuple[str, str, str, str]:
        at = address(self.plan.slug, number)
        by = mailbox.Mailbox(address=at, canonical=at)
        key, digest = by.digest_key, by.digest
        return f"\\\\x{mailbox.seal(at).hex()}", f"\\\\x{digest.hex()}", key, by.domain_key

    def _confirmed_at(self, state: str, created_at: datetime) -> str:
        """Most follow the link within minutes, some days later."""
        if state not in (State.CONFIRMED, State.WITHDRAWN):
            return NULL
        return str(min(created_at + timedelta(minutes=self.chance.lognormvariate(2, 1.5)), self.plan.ends_at))


def _boolean(is_so: bool) -> str:
    return "t" if is_so else "f"

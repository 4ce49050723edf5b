"""Writes many invented signatures as lines for COPY, to test a large site.

The signers are invented as in fake_signatures.py, but without a model object for each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from signatures.demo.fake_people import FakePeople
from signatures.demo.signers import Signer, Signers, confirmed_at
from signatures.identity import mailbox, search_keys
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature

State = Signature.State

COLUMNS = (
    "statement_id", "sector_id", "version_id", "language", "kind", "name", "credit", "organisation", "updates",
    "mailbox", "mailbox_digest", "digest_key", "domain", "state", "visibility", "hidden_at", "notable", "checked_name",
    "flags", "generation", "proposed_name", "proposed_credit", "search_key", "sort_key", "created_at", "confirmed_at",
)  # fmt: skip
NULL = r"\N"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

STATES = {State.CONFIRMED: 96.0, State.PENDING: 3.0, State.WITHDRAWN: 0.5, State.HELD: 0.3, State.REJECTED: 0.2}
DOMAINS = 4999
SHARE_HIDDEN, SHARE_NOTABLE = 0.0002, 0.0001


@dataclass(frozen=True)
class CopyPlan:
    """The plain values that the processes need to write lines."""

    statement_id: int
    slug: str
    sectors: dict[str, int]  # ids by slug
    shares: list[float]
    versions: dict[str, int]  # ids by language
    original: str  # the statement's own language
    begins_at: datetime
    ends_at: datetime
    first: int  # the number of the first one, part of its address
    count: int
    seed: int


def address(slug: str, number: int) -> str:
    """Returns the address of a signer, at one of many domains that cannot be registered."""
    return f"signer-{number}@{number % DOMAINS}.{slug}.example.org"


def lines(plan: CopyPlan, skip: int, count: int) -> bytes:
    """Returns `count` rows of the plan after the first `skip`. The same plan gives the same rows."""
    chance = Random(f"{plan.seed} {plan.first + skip}")  # noqa: S311 - repeatable, not secret
    return "".join(_LineWriter(plan, chance).lines(skip, count)).encode()


class _LineWriter:
    def __init__(self, plan: CopyPlan, chance: Random):
        self.plan, self.chance = plan, chance
        self.signers = Signers(FakePeople(chance), dict(zip(plan.sectors, plan.shares, strict=True)))

    def lines(self, skip: int, count: int) -> Iterator[str]:
        plan, chance = self.plan, self.chance
        states = chance.choices(list(STATES), list(STATES.values()), k=count)
        step = (plan.ends_at - plan.begins_at) / plan.count
        for at, state in enumerate(states, start=skip):
            created_at = plan.begins_at + step * (at + chance.random())
            yield self._line(self.signers.next(), state, plan.first + at, created_at)

    def _line(self, signer: Signer, state: str, number: int, created_at: datetime) -> str:
        chance = self.chance.random
        values = (
            str(self.plan.statement_id),
            str(self.plan.sectors[signer.sector]),
            str(self.plan.versions.get(signer.language) or self.plan.versions[self.plan.original]),
            signer.language,
            signer.kind,
            signer.name.translate(ESCAPES),
            signer.credit.translate(ESCAPES),
            signer.organisation.translate(ESCAPES),
            _copy_boolean(signer.updates),
            *self._mailbox(number),
            state,
            signer.visibility,
            str(created_at) if chance() < SHARE_HIDDEN else NULL,
            _copy_boolean(state == State.CONFIRMED and chance() < SHARE_NOTABLE),
            "",
            f"{{{Flag.DEMONSTRATION.value}}}" if state == State.HELD else "{}",
            "1",
            "",
            "",
            search_keys.search_key(signer.name),
            search_keys.sort_key(signer.name),
            str(created_at),
            self._confirmed_at(state, created_at),
        )
        return "\t".join(values) + "\n"

    def _mailbox(self, number: int) -> tuple[str, str, str, str]:
        at = address(self.plan.slug, number)
        by = mailbox.Mailbox(address=at, canonical=at)
        key, digest = by.digest_key, by.digest
        return f"\\\\x{mailbox.encrypt_address(at).hex()}", f"\\\\x{digest.hex()}", key, by.domain_key

    def _confirmed_at(self, state: str, created_at: datetime) -> str:
        if state not in (State.CONFIRMED, State.WITHDRAWN):
            return NULL
        return str(confirmed_at(self.chance, created_at, self.plan.ends_at))


def _copy_boolean(is_so: bool) -> str:
    return "t" if is_so else "f"

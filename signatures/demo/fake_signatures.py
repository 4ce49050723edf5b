"""Invents the signatures of a statement: signers, times and states."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from signatures.demo.fake_people import FakePeople
from signatures.demo.signers import SHARE_WANTING_UPDATES, Signer, Signers, confirmed_at
from signatures.demo.source_files import read_source
from signatures.identity import mailbox, search_keys
from signatures.signing.models.flag import Flag
from signatures.signing.models.identity_check_method import CheckMethod
from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch

State, Kind = Signature.State, Signature.Kind

SHARE_ON_FIRST_DAY = 0.4
OFFICER = "Wren Holt", "Secretary"
MAX_SHORT_NAME = 16  # letters; longer names get hyphens between the words

# For each hundred confirmed signatures, and at least one of each state.
UNCONFIRMED_PER_HUNDRED = {State.PENDING: 1.0, State.WITHDRAWN: 0.4, State.REJECTED: 0.1, State.HELD: 0.2}
HELD_WHERE_ALL_IS_REVIEWED = 7.0


class FakeSignatures:
    def __init__(self, statement: Statement, people: FakePeople, *, now: datetime):
        self.statement, self.people, self.now = statement, people, now
        self.chance = people.chance
        self.sectors: dict[str, Sector] = {offer.sector.slug: offer.sector for offer in statement.offers.all()}
        shares = {sector["slug"]: sector["share"] for sector in read_source("sectors")["sector"]}
        self.reviews_everything = Switch.objects.are_on(Switch.Name.REVIEW_EVERYTHING, statement.id)
        self.versions = {translation.language: translation.version for translation in statement.translations.all()}
        self.domains: set[str] = set()
        self.signers = Signers(
            people,
            {slug: shares[slug] for slug in self.sectors},
            may_sign=lambda name: self._is_first_at(domain_of(name)),
        )

    def confirmed(self, count: int, notables: list[dict[str, Any]]) -> Iterator[Signature]:
        """Yields exactly `count` signatures by time. Notables are among the first, and a quarter at most."""
        famous = {3 + 2 * at: notable for at, notable in enumerate(notables[: count // 4])}
        for at, moment in enumerate(self._signing_times(count)):
            signature = self._notable(famous[at], moment) if at in famous else self._random_signature(moment)
            yield self._confirm(signature)

    def unfinished(self, count: int) -> Iterator[Signature]:
        """Yields signatures in the other states, in proportion to `count` confirmed ones."""
        for state, of_a_hundred in UNCONFIRMED_PER_HUNDRED.items():
            if state == State.HELD and self.reviews_everything:
                of_a_hundred = HELD_WHERE_ALL_IS_REVIEWED
            for moment in self._signing_times(max(1, round(count * of_a_hundred / 100))):
                signature = self._random_signature(moment)
                yield self._confirm(signature, then=state) if state == State.WITHDRAWN else self._put(signature, state)

    def corrections(self, signatures: list[Signature]) -> None:
        """Gives each signature a proposed correction that adds the organisation to the credit."""
        for signature in signatures:
            signature.proposed_name = signature.name
            signature.proposed_credit = f"{signature.credit}, {signature.organisation}"
            signature.proposed_at = self.now - timedelta(minutes=self.chance.randint(20, 600))

    def _random_signature(self, moment: datetime) -> Signature:
        return self._row(self.signers.next(), moment)

    def _is_first_at(self, domain: str) -> bool:
        """Tells whether no other organisation has the domain, because only one of them would count."""
        is_first = domain not in self.domains
        self.domains.add(domain)
        return is_first

    def _notable(self, details: dict[str, Any], moment: datetime) -> Signature:
        updates = self.chance.random() < SHARE_WANTING_UPDATES
        signer = Signer(details["name"], details["credit"], details["language"], details["sector"], updates=updates)
        signature = self._row(signer, moment)
        signature.notable, signature.checked_how = True, self.chance.choice(CheckMethod.values)
        signature.quotation = details.get("quotation", "")
        return signature

    def _row(self, signer: Signer, moment: datetime) -> Signature:
        signature = Signature(
            statement=self.statement,
            sector=self.sectors[signer.sector],
            version=self.versions.get(signer.language) or self.versions[self.statement.language],
            language=signer.language,
            kind=signer.kind,
            credit=signer.credit,
            organisation=signer.organisation,
            visibility=signer.visibility,
            updates=signer.updates,
            created_at=moment,
        )
        signature.rename(signer.name)
        return signature

    def _confirm(self, signature: Signature, then: str = State.CONFIRMED) -> Signature:
        signature.confirmed_at = confirmed_at(self.chance, signature.created_at, self.now)
        return self._put(signature, then)

    def _signing_times(self, count: int) -> list[datetime]:
        """Returns sorted times: many on the first day, then fewer and fewer until now."""
        opened, span = self.statement.opens_at, self.now - self.statement.opens_at
        return sorted(opened + span * self._age(timedelta(days=1) / span) for _ in range(count))

    def _age(self, day: float) -> float:
        """Returns a random point between the opening (0) and now (1)."""
        if self.chance.random() < SHARE_ON_FIRST_DAY:
            return self.chance.triangular(0, min(day, 1), 0)
        return self.chance.expovariate(2.5) % 1

    def _put(self, signature: Signature, state: str) -> Signature:
        signature.state = state
        if state == State.HELD and not self.reviews_everything:
            signature.flags = [Flag.DEMONSTRATION]
        return signature


def assign_mailboxes(signatures: list[Signature]) -> None:
    """Gives each signature its own address at a domain that cannot be registered."""
    for number, signature in enumerate(signatures, start=1):
        words = ".".join(signature.search_key.partition("|")[0].split())
        address = f"{words[:40]}.{number}@{signature.statement.slug}.example.org"
        if signature.kind == Kind.ORGANISATION:
            address = _assign_website(signature)
        signature.set_mailbox(mailbox.from_address(address))


def _assign_website(signature: Signature) -> str:
    """Gives the organisation a website and an officer, and returns the officer's address."""
    domain = domain_of(signature.name)
    signature.website, signature.website_domain = f"https://{domain}/", domain
    signature.officer, signature.officer_post = OFFICER
    return f"office@{domain}"


def domain_of(name: str) -> str:
    """Returns a likely domain for an organisation, under the reserved ending .example."""
    words = search_keys.sort_key(name).removeprefix("the ").split()
    together = "".join(words)
    return f"{together if len(together) <= MAX_SHORT_NAME else '-'.join(words)}.example"

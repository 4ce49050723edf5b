"""The one decision about a signature whose mailbox is confirmed: does it count at once, or wait for a moderator?

`verdict` is a pure function of a candidate and of what one query found about it. It asks nothing and changes nothing:
review/decide.py asks, and whoever asked applies the decision.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from disposable_email_domains import blocklist

from signatures.identity.likeness import ComparableName
from signatures.identity.name_heuristics import looks_fake
from signatures.identity.website import has_mandate
from signatures.signing.models.flag import HOLD_THRESHOLD, Flag


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    HELD = "held"
    NOTABLE = "notable"
    """Confirmed, and an organiser's invitation proves the identity."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A signature as it is, or as it would be after a correction, at one moment."""

    id: int
    statement_id: int
    now: datetime
    name: str
    is_pending: bool
    is_organisation: bool = False
    credit: str = ""
    website_domain: str = ""
    mail_domain: str = ""
    """Of its mailbox, in clear; empty where it is not known."""
    domain: str = ""
    """The keyed hash of that domain, under which signatures are compared."""
    network: str = ""
    flags: tuple[str, ...] = ()
    checked_name: str = ""
    """The name under which a moderator has looked at it."""
    resembles_id: int | None = None
    is_imported: bool = False
    is_invited: bool = False
    """Under this name, by an invitation that nobody else has used."""
    moves_domain: bool = False
    """Its website was at another domain before the correction: held, whatever its mailbox proves."""

    @cached_property
    def typed(self) -> ComparableName:
        return ComparableName(self.name)

    @property
    def is_checked(self) -> bool:
        return self.name == self.checked_name


@dataclass(frozen=True)
class VerdictInputs:
    """What the database knows about a candidate, in the order of the query's columns."""

    weights: Mapping[str, tuple[int, int]]
    """By flag: its points, and the level above which it is raised."""
    everything_is_reviewed: bool
    protected: list[tuple[int, str]]
    """Names in force here that are written almost like this one, the oldest first."""
    network_count: int
    """In the last hour, as the next two; counted until they are too many."""
    domain_count: int
    domain_count_before: int
    """In the day before that hour."""
    credit_count: int
    emailed_at: datetime | None
    """When the link to confirm left."""
    organisation_is_counted: bool
    """By another signature on the statement."""


@dataclass(frozen=True)
class Decision:
    state: Verdict
    flags: list[str]
    resembles_id: int | None
    """The protected name that it could pass for."""

    @property
    def is_held(self) -> bool:
        return self.state == Verdict.HELD

    @property
    def is_notable(self) -> bool:
        return self.state == Verdict.NOTABLE


def verdict(candidate: Candidate, found: VerdictInputs) -> Decision:
    """Later reasons are added here alone."""
    flags = _with_mandate(candidate, found)
    if candidate.is_invited and Flag.SIGNED_BEFORE not in flags:
        state = Verdict.HELD if candidate.moves_domain else Verdict.NOTABLE
        return Decision(state, flags, candidate.resembles_id)
    resembles_id = _resembled(candidate, found)
    if resembles_id is not None and not candidate.is_checked and Flag.PROTECTED_NAME not in flags:
        flags.append(Flag.PROTECTED_NAME)
    if candidate.is_pending:
        flags = list(dict.fromkeys([*flags, *spam_signals(candidate, found)]))
    is_held = candidate.moves_domain or found.everything_is_reviewed or weighs_enough(flags, found.weights)
    return Decision(Verdict.HELD if is_held else Verdict.CONFIRMED, flags, resembles_id)


def reason_to_stay_held(flags: Iterable[str], *, organisation_is_counted: bool) -> Flag | None:
    """For a signature that counted until a rule held it, when that rule is undone. None: it counts again."""
    if organisation_is_counted:
        return Flag.SIGNED_BEFORE
    return Flag.PROTECTED_NAME if Flag.PROTECTED_NAME in flags else None  # a correction since, unseen by a moderator


def weighs_enough(flags: Iterable[str], weights: Mapping[str, tuple[int, int]]) -> bool:
    """To be held. A flag without a weight holds by itself."""
    return sum(weights.get(flag, (HOLD_THRESHOLD, 0))[0] for flag in set(flags)) >= HOLD_THRESHOLD


def spam_signals(candidate: Candidate, found: VerdictInputs) -> list[str]:
    """Signs of a forgery. One alone says little; together they hold a signature."""
    levels = {flag: level for flag, (weight, level) in found.weights.items() if weight}
    signals = ((flag, is_seen) for flag, is_seen in SPAM_SIGNALS.items() if flag in levels)
    return [flag for flag, is_seen in signals if is_seen(candidate, found, levels[flag])]


def _with_mandate(candidate: Candidate, found: VerdictInputs) -> list[str]:
    """Its flags. An organisation needs a mandate besides a confirmed mailbox, and counts once on a statement: flags
    about that are raised while they hold, and taken back when they no longer do."""
    if not candidate.is_organisation:
        return list(candidate.flags)
    flags = [flag for flag in candidate.flags if flag not in (Flag.MANDATE, Flag.SIGNED_BEFORE)]
    was_looked_at = candidate.is_checked and not candidate.is_pending
    if not was_looked_at and not has_mandate(candidate.mail_domain, candidate.website_domain):
        flags.append(Flag.MANDATE)
    if found.organisation_is_counted:
        flags.append(Flag.SIGNED_BEFORE)
    return flags


def _resembled(candidate: Candidate, found: VerdictInputs) -> int | None:
    return next((row for row, written in found.protected if candidate.typed.resembles(ComparableName(written))), None)


def _network(candidate: Candidate, found: VerdictInputs, level: int) -> bool:
    return found.network_count > level


def _domain(candidate: Candidate, found: VerdictInputs, level: int) -> bool:
    return found.domain_count > max(level, found.domain_count_before)


def _disposable(candidate: Candidate, found: VerdictInputs, level: int) -> bool:
    """Its own domain, or the one that it stands below."""
    parts = candidate.mail_domain.split(".")
    return any(".".join(parts[at:]) in blocklist for at in range(len(parts) - 1))


def _name_shape(candidate: Candidate, found: VerdictInputs, level: int) -> bool:
    return not candidate.is_organisation and looks_fake(candidate.name)


def _same_credit(candidate: Candidate, found: VerdictInputs, level: int) -> bool:
    """A long one: "composer" is said by thousands."""
    return found.credit_count > level


def _too_quick(candidate: Candidate, found: VerdictInputs, level: int) -> bool:
    return found.emailed_at is not None and candidate.now - found.emailed_at < timedelta(seconds=level)


SPAM_SIGNALS: dict[str, Callable[[Candidate, VerdictInputs, int], bool]] = {
    Flag.NETWORK.value: _network,
    Flag.DOMAIN.value: _domain,
    Flag.DISPOSABLE.value: _disposable,
    Flag.NAME_SHAPE.value: _name_shape,
    Flag.SAME_CREDIT.value: _same_credit,
    Flag.TOO_QUICK.value: _too_quick,
}

"""Decides whether a signature with a confirmed mailbox counts immediately or waits for a moderator.

`verdict` is a pure function of a candidate and of the result of one query. It reads no database and changes nothing:
review/decide.py runs the query, and its caller applies the decision.
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
    """Describes a signature at one moment, as it is or as it would be after a correction."""

    id: int
    statement_id: int
    now: datetime
    name: str
    is_pending: bool
    is_organisation: bool = False
    credit: str = ""
    website_domain: str = ""
    mail_domain: str = ""
    """The domain of its mailbox, in clear text; empty if it is unknown."""
    domain: str = ""
    """The keyed hash of that domain, for comparisons between signatures."""
    network: str = ""
    flags: tuple[str, ...] = ()
    checked_name: str = ""
    """The name that a moderator has approved."""
    resembles_id: int | None = None
    is_imported: bool = False
    is_invited: bool = False
    """True if it has the name of an invitation that no one else has used."""
    moves_domain: bool = False
    """True if a correction moves its website to another domain. It is then held, whatever its mailbox proves."""

    @cached_property
    def typed(self) -> ComparableName:
        return ComparableName(self.name)

    @property
    def is_checked(self) -> bool:
        return self.name == self.checked_name


@dataclass(frozen=True)
class VerdictInputs:
    """Holds the facts from the database about a candidate, in the order of the query's columns."""

    weights: Mapping[str, tuple[int, int]]
    """For each flag: its points, and the level above which it is raised."""
    everything_is_reviewed: bool
    protected: list[tuple[int, str]]
    """The protected names of this statement that are similar to this one, the oldest first."""
    network_count: int
    """Signatures in the last hour, like `domain_count` and `credit_count`. Counting stops at a limit."""
    domain_count: int
    domain_count_before: int
    """Signatures in the day before that hour."""
    credit_count: int
    emailed_at: datetime | None
    """The time at which the link to confirm was sent."""
    organisation_is_counted: bool
    """True if another signature on the statement counts for the same organisation."""


@dataclass(frozen=True)
class Decision:
    state: Verdict
    flags: list[str]
    resembles_id: int | None
    """The id of the protected name that it could pass for."""

    @property
    def is_held(self) -> bool:
        return self.state == Verdict.HELD

    @property
    def is_notable(self) -> bool:
        return self.state == Verdict.NOTABLE


def verdict(candidate: Candidate, inputs: VerdictInputs) -> Decision:
    """The only place that decides. New reasons to hold a signature belong here."""
    flags = _with_mandate(candidate, inputs)
    if candidate.is_invited and Flag.SIGNED_BEFORE not in flags:
        state = Verdict.HELD if candidate.moves_domain else Verdict.NOTABLE
        return Decision(state, flags, candidate.resembles_id)
    resembles_id = _resembled(candidate, inputs)
    if resembles_id is not None and not candidate.is_checked and Flag.PROTECTED_NAME not in flags:
        flags.append(Flag.PROTECTED_NAME)
    if candidate.is_pending:
        flags = list(dict.fromkeys([*flags, *spam_signals(candidate, inputs)]))
    is_held = candidate.moves_domain or inputs.everything_is_reviewed or has_enough_points(flags, inputs.weights)
    return Decision(Verdict.HELD if is_held else Verdict.CONFIRMED, flags, resembles_id)


def reason_to_stay_held(flags: Iterable[str], *, organisation_is_counted: bool) -> Flag | None:
    """Returns the flag that still holds a counted signature after the rule that held it is undone. None if it counts
    again."""
    if organisation_is_counted:
        return Flag.SIGNED_BEFORE
    return (
        Flag.PROTECTED_NAME if Flag.PROTECTED_NAME in flags else None
    )  # from a later correction that no moderator has seen


def has_enough_points(flags: Iterable[str], weights: Mapping[str, tuple[int, int]]) -> bool:
    """Returns whether the points are enough to hold a signature. A flag without a weight is enough on its own."""
    return sum(weights.get(flag, (HOLD_THRESHOLD, 0))[0] for flag in set(flags)) >= HOLD_THRESHOLD


def spam_signals(candidate: Candidate, inputs: VerdictInputs) -> list[str]:
    """Returns the spam signals of a candidate. One alone is weak; together they hold a signature."""
    levels = {flag: level for flag, (weight, level) in inputs.weights.items() if weight}
    signals = ((flag, is_seen) for flag, is_seen in SPAM_SIGNALS.items() if flag in levels)
    return [flag for flag, is_seen in signals if is_seen(candidate, inputs, levels[flag])]


def _with_mandate(candidate: Candidate, inputs: VerdictInputs) -> list[str]:
    """Returns the flags. An organisation needs a mandate besides a confirmed mailbox, and counts once on a statement.
    The two flags about that are added while they are true, and removed when they are not."""
    if not candidate.is_organisation:
        return list(candidate.flags)
    flags = [flag for flag in candidate.flags if flag not in (Flag.MANDATE, Flag.SIGNED_BEFORE)]
    was_reviewed = candidate.is_checked and not candidate.is_pending
    if not was_reviewed and not has_mandate(candidate.mail_domain, candidate.website_domain):
        flags.append(Flag.MANDATE)
    if inputs.organisation_is_counted:
        flags.append(Flag.SIGNED_BEFORE)
    return flags


def _resembled(candidate: Candidate, inputs: VerdictInputs) -> int | None:
    return next((row for row, written in inputs.protected if candidate.typed.resembles(ComparableName(written))), None)


def _network(candidate: Candidate, inputs: VerdictInputs, level: int) -> bool:
    return inputs.network_count > level


def _domain(candidate: Candidate, inputs: VerdictInputs, level: int) -> bool:
    return inputs.domain_count > max(level, inputs.domain_count_before)


def _disposable(candidate: Candidate, inputs: VerdictInputs, level: int) -> bool:
    """Checks the mail domain and its parent domains."""
    parts = candidate.mail_domain.split(".")
    return any(".".join(parts[at:]) in blocklist for at in range(len(parts) - 1))


def _name_shape(candidate: Candidate, inputs: VerdictInputs, level: int) -> bool:
    return not candidate.is_organisation and looks_fake(candidate.name)


def _same_credit(candidate: Candidate, inputs: VerdictInputs, level: int) -> bool:
    """Only long credits are counted: thousands of people write "composer"."""
    return inputs.credit_count > level


def _too_quick(candidate: Candidate, inputs: VerdictInputs, level: int) -> bool:
    return inputs.emailed_at is not None and candidate.now - inputs.emailed_at < timedelta(seconds=level)


SPAM_SIGNALS: dict[str, Callable[[Candidate, VerdictInputs, int], bool]] = {
    Flag.NETWORK.value: _network,
    Flag.DOMAIN.value: _domain,
    Flag.DISPOSABLE.value: _disposable,
    Flag.NAME_SHAPE.value: _name_shape,
    Flag.SAME_CREDIT.value: _same_credit,
    Flag.TOO_QUICK.value: _too_quick,
}

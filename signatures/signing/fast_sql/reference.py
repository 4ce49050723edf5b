"""Implements the statements of this package with the ORM: easier to read, but slower.

The product does not call them. tests/signing/test_fast_sql.py gives both the same rows and compares their results and
the rows that they leave.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Length

from signatures.mail.models.email import Mail, Suppression, lock_mailbox
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.weight import Weight
from signatures.review.verdict import Candidate, VerdictInputs
from signatures.review.verdict_query import MOST, asked
from signatures.signing.fast_sql.sign import SAID, SignResult
from signatures.signing.models.share import Share
from signatures.signing.models.signature import MIN_LONG_CREDIT, Signature
from signatures.statements.models.switch import Switch

State = Signature.State
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@transaction.atomic
def enter(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> SignResult:
    lock_mailbox(digests)
    existing = _of_mailbox(signature, digests)
    is_suppressed = Suppression.objects.cover(digests)
    turn = Mail.objects.next_allowed_at(digests, now)
    is_new = existing is None and not is_suppressed
    if is_new:
        signature.save(force_insert=True)
        mail.signature, mail.due_at, mail.next_attempt_at = signature, turn, turn
        mail.save(force_insert=True)
    state = existing.state if existing and not is_suppressed else None
    return SignResult(is_new, state, turn <= now)


@transaction.atomic
def go_on(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> bool:
    lock_mailbox(digests)
    existing = _of_mailbox(signature, digests)
    if existing is None or Suppression.objects.cover(digests):
        return False
    turn = Mail.objects.next_allowed_at(digests, now)
    may_be_emailed = turn <= now
    if existing.state == State.WITHDRAWN or (existing.state == State.PENDING and may_be_emailed):
        mail.kind, mail.priority = Mail.Kind.CONFIRM, Mail.Priority.FIRST
        _begin_again(existing, signature)
    elif existing.state in (State.CONFIRMED, State.HELD) and may_be_emailed:
        mail.kind, mail.priority = Mail.Kind.ALREADY_SIGNED, Mail.Priority.LATER
    else:
        return False
    mail.signature, mail.due_at, mail.next_attempt_at = existing, turn, turn
    mail.language, mail.generation, mail.mailbox_digest = (
        existing.language,
        existing.generation,
        existing.mailbox_digest,
    )
    mail.save(force_insert=True)
    return True


def _of_mailbox(signature: Signature, digests: Sequence[bytes]) -> Signature | None:
    same = Signature.objects.filter(statement=signature.statement_id, mailbox_digest__in=digests)
    return same.select_for_update(of=("self",)).first()


def _begin_again(existing: Signature, signature: Signature) -> None:
    """Stores the newest details and keeps flags and a moderator's settings."""
    for name in SAID:
        field = Signature._meta.get_field(name).attname  # type: ignore[union-attr]
        setattr(existing, field, getattr(signature, field))
    existing.state, existing.notable = State.PENDING, False
    existing.generation += 1
    existing.via = "" if existing.confirmed_at else signature.via
    existing.flags = [*existing.flags, *(flag for flag in signature.flags if flag not in existing.flags)]
    existing.save()


def look(signature_id: int) -> Signature | None:
    signature = Signature.objects.filter(id=signature_id).first()
    if signature is not None:
        on = Switch.objects.of(signature.statement_id).order_by(F("statement").asc(nulls_first=True))
        signature.switches_on = list(on.values("name", "told"))  # type: ignore[attr-defined]
    return signature


@transaction.atomic
def win(signature: Signature, *, seen: Sequence[str], state: str, confirmed_at: datetime | None) -> bool:
    still = Signature.objects.filter(
        id=signature.id, state=State.PENDING, generation=signature.generation, flags=list(seen)
    )
    is_won = still.update(
        state=state, confirmed_at=confirmed_at, flags=signature.flags, resembles=signature.resembles_id
    )
    if is_won and state == State.CONFIRMED:
        Share.objects.get_or_create(signature_id=signature.id)
    return bool(is_won)


def find(candidate: Candidate) -> VerdictInputs:
    values = asked(candidate)
    weights = {weight.flag: (weight.weight, weight.level or 0) for weight in Weight.objects.all()}
    switches = Switch.objects.of(candidate.statement_id)
    protected = ProtectedName.objects.in_force(candidate.statement_id).filter(keys__overlap=values["keys"])
    mails = Mail.objects.filter(signature=candidate.id, kind=Mail.Kind.CONFIRM, sent_at__isnull=False)
    return VerdictInputs(
        weights=weights,
        everything_is_reviewed=switches.filter(name=Switch.Name.REVIEW_EVERYTHING).exists(),
        protected=list(protected.exclude(signature=candidate.id).order_by("id").values_list("id", "written")),
        network_count=_of_its_network(values, weights),
        domain_count=_of_its_domain(values, values["now"] - HOUR, None),
        domain_count_before=_of_its_domain(values, values["now"] - HOUR - DAY, values["now"] - HOUR),
        credit_count=_with_its_credit(values, weights),
        emailed_at=mails.order_by("-id").values_list("sent_at", flat=True).first(),
        organisation_is_counted=_is_organisation_counted(values),
    )


def _of_its_network(values: dict[str, Any], weights: dict[str, tuple[int, int]]) -> int:
    since = Signature.objects.filter(created_at__gt=values["now"] - HOUR)
    same = since.filter(network=values["network"]).exclude(network="")
    return same[: 1 + _level("network", weights)].count()


def _of_its_domain(values: dict[str, Any], after: datetime, until: datetime | None) -> int:
    same = Signature.objects.filter(domain=values["domain"], imported=None, created_at__gt=after).exclude(domain="")
    return (same.filter(created_at__lte=until) if until else same)[:MOST].count()


def _with_its_credit(values: dict[str, Any], weights: dict[str, tuple[int, int]]) -> int:
    since = Signature.objects.filter(created_at__gt=values["now"] - HOUR, imported=None)
    same = since.annotate(length=Length("credit")).filter(credit=values["credit"], length__gte=MIN_LONG_CREDIT)
    return same[: 1 + _level("same_credit", weights)].count()


def _is_organisation_counted(values: dict[str, Any]) -> bool:
    same = Signature.objects.counted().filter(statement=values["statement"], website_domain=values["website_domain"])
    return same.exclude(website_domain="").exclude(id=values["id"]).exists()


def _level(flag: str, weights: dict[str, tuple[int, int]]) -> int:
    weight, level = weights.get(flag, (0, 0))
    return level if weight else 0

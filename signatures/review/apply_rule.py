"""Applies and undoes rules. The worker changes one batch in each transaction, so after a kill at any moment the next
task continues. A signer whose row is in a batch waits for a moment at most."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Func, Max, Min, Value

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.review.decide import decision_on
from signatures.review.models.rule import Rule
from signatures.review.moderate import approve
from signatures.review.verdict import reason_to_stay_held
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import OrganisationAlreadyCounted
from signatures.web.time_boxed import Clock

State, Act, Status = Signature.State, Rule.Act, Rule.Status
Action = AuditEntry.Action

FIRST_BATCH, MIN_BATCH, MAX_BATCH = 250, 50, 2000  # ids that one batch covers
TARGET_BATCH_TIME = timedelta(seconds=0.25)  # batches shrink on a busy machine and grow on an idle one
INSERT_MARKS_SQL = """
    INSERT INTO signatures_rulemark (rule_id, signature_id, state)
    SELECT %s, id, state FROM signatures_signature WHERE id = ANY(%s)
"""
FIELDS_READ = "statement_id", "state", "flags", "visibility", "hidden_at", "counted", "listed", "website_domain"
MAX_RUN_TIME = timedelta(seconds=25)  # then the next task continues; well below the time limit of a task

STATE_AFTER = {Act.HOLD: State.HELD, Act.REJECT: State.REJECTED}


@transaction.atomic
def apply_rule(*, rule_id: int, actor: User, now: datetime) -> bool:
    """Starts to apply the rule; the worker does the rest. Later signatures are not touched."""
    ends = Signature.objects.aggregate(first=Min("id"), last=Max("id"))
    first, last = (ends["first"] or 1) - 1, ends["last"] or 0
    has_begun = Rule.objects.filter(id=rule_id, status=Status.DRAFT).update(
        status=Status.APPLYING, actor=actor, began_at=now, ended_at=None, from_id=first, reached_id=first, until_id=last
    )
    if has_begun:
        rule = Rule.objects.get(id=rule_id)
        _record_audit_entry(Action.APPLY_RULE, rule, rule.reason, now)
    return bool(has_begun)


@transaction.atomic
def undo_rule(*, rule_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Starts the undo: each signature becomes what it was, except where someone has decided about it since."""
    has_begun = Rule.objects.filter(id=rule_id, status__in=[Status.APPLIED, Status.APPLYING]).update(
        status=Status.UNDOING, actor=actor, undo_reason=reason, ended_at=None, reached_id=F("from_id")
    )
    if has_begun:
        _record_audit_entry(Action.UNDO_RULE, Rule.objects.get(id=rule_id), reason, now)
    return bool(has_begun)


def work_on_rules(*, clock: Clock) -> bool:
    """Works until nothing is left or the time is up. Returns whether something is left to do."""
    stop_at, size = clock() + MAX_RUN_TIME, FIRST_BATCH
    while (began := clock()) < stop_at:
        if not _process_next_batch(began, size):
            return False
        size = _next_size(size, clock() - began)
    return True


def _next_size(size: int, took: timedelta) -> int:
    if took > TARGET_BATCH_TIME:
        return max(size // 2, MIN_BATCH)
    return min(size * 2, MAX_BATCH) if took < TARGET_BATCH_TIME / 2 else size


def _process_next_batch(now: datetime, size: int) -> bool:
    """Processes one batch of one rule. Skips a rule that another worker has locked."""
    with transaction.atomic():
        running = Rule.objects.filter(status__in=[Status.APPLYING, Status.UNDOING]).order_by("id")
        rule = running.select_for_update(skip_locked=True, of=("self",)).select_related("actor").first()
        if rule is None:
            return False
        end = min(rule.reached_id + size, rule.until_id)
        freed = _apply_batch(rule, end, now) if rule.status == Status.APPLYING else _undo_batch(rule, end, now)
        _advance(rule, end, now)
    for signature_id in freed:
        with suppress(OrganisationAlreadyCounted):
            _release_if_unreviewed(signature_id, rule, now)
    return True


@transaction.atomic
def _release_if_unreviewed(signature_id: int, rule: Rule, now: datetime) -> None:
    """Approves a signature that only the rule held, unless a moderator has decided or the verdict still holds it. In
    that case, stores the flags of the verdict for the moderator."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.state != State.HELD or signature.flags:  # someone has decided or flagged it in the meantime
        return
    decision = decision_on(signature, now=now)
    if decision.is_held:
        signature.flags, signature.resembles_id = decision.flags, decision.resembles_id
        signature.save(update_fields=["flags", "resembles"])
    else:
        approve(signature_id=signature_id, actor=rule.actor, reason=rule.undo_reason, now=now)  # type: ignore[arg-type]


def _advance(rule: Rule, end: int, now: datetime) -> None:
    rule.reached_id = end
    if end == rule.until_id:
        rule.ended_at = now
        rule.status = Status.APPLIED if rule.status == Status.APPLYING else Status.UNDONE
    rule.save(update_fields=["reached_id", "ended_at", "status", "changed", "restored", "left"])


def _apply_batch(rule: Rule, end: int, now: datetime) -> Iterable[int]:
    """Locks rows in the order of their ids. A signer's request locks only one row, so a deadlock is impossible."""
    matches = rule.matches().filter(id__gt=rule.reached_id, id__lte=end)
    rows = list(matches.select_for_update(no_key=True, of=("self",)).only(*FIELDS_READ))
    ids = [row.id for row in rows]
    _insert_marks(rule, ids)
    _apply_act(rule, ids)
    if rule.act == Act.HIDE:
        _record_per_statement(rule, Action.HIDE, [row for row in rows if row.listed], rule.reason, now)
    else:
        action = Action.HOLD if rule.act == Act.HOLD else Action.REJECT
        for before, group in _group_by_state(rows).items():
            after = STATE_AFTER[Act(rule.act)] if _changes_state(rule, before) else before
            _record_per_statement(rule, action, group, rule.reason, now, before=before, after=after)
    rule.changed += len(ids)
    return ()


def _insert_marks(rule: Rule, ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT_MARKS_SQL, [rule.pk, ids])


def _apply_act(rule: Rule, ids: list[int]) -> None:
    signatures = Signature.objects.filter(id__in=ids)
    if rule.act == Act.HIDE:
        signatures.update(hidden_at=rule.began_at)
        return
    flags = Func(F("flags"), Value(rule.flag), function="array_append")
    if rule.act == Act.HOLD:
        signatures.filter(state=State.PENDING).update(flags=flags)
        signatures = signatures.filter(state=State.CONFIRMED)
    signatures.update(state=STATE_AFTER[Act(rule.act)], flags=flags)


def _changes_state(rule: Rule, before: str) -> bool:
    """A rule that holds does not change the state of a pending signature: the flag holds it when it is confirmed."""
    return rule.act == Act.REJECT or before == State.CONFIRMED


def _undo_batch(rule: Rule, end: int, now: datetime) -> Iterable[int]:
    """Returns the ids of signatures that only this rule has held since they were confirmed."""
    marks = rule.marks.filter(is_restored=None, signature_id__gt=rule.reached_id, signature_id__lte=end)
    before = dict(marks.values_list("signature_id", "state"))
    signatures = Signature.objects.filter(id__in=before).order_by("id")
    rows = list(signatures.select_for_update(no_key=True, of=("self",)).only(*FIELDS_READ))
    unchanged = [row for row in rows if _is_unchanged_since_rule(rule, row, before[row.id])]
    reasons = {row.id: _reason_to_stay_held(row) for row in unchanged if before[row.id] == State.CONFIRMED}
    organisation_counted_ids = {row_id for row_id, reason in reasons.items() if reason == Flag.SIGNED_BEFORE}
    held_ids = {row_id for row_id, reason in reasons.items() if reason}
    unchanged = [row for row in unchanged if row.id not in held_ids]
    _restore(rule, unchanged, before)
    ids = {row.id for row in unchanged}
    _flag_counted_organisations(rule, organisation_counted_ids)
    Signature.objects.filter(id__in=before.keys() - ids, flags__contains=[rule.flag]).update(
        flags=_flags_without_rule(rule)
    )
    marks.filter(signature_id__in=ids).update(is_restored=True)
    marks.update(is_restored=False)
    rule.restored, rule.left = rule.restored + len(ids), rule.left + len(before) - len(ids)
    _record_undo_per_state(rule, unchanged, before, now)
    return [row.id for row in rows if row.id not in ids | held_ids and _is_held_only_by(rule, row)]


def _reason_to_stay_held(row: Signature) -> Flag | None:
    is_counted = Signature.objects.counted().from_same_organisation(row).exists()
    return reason_to_stay_held(row.flags, organisation_is_counted=is_counted)


def _flag_counted_organisations(rule: Rule, ids: Collection[int]) -> None:
    flags = Func(_flags_without_rule(rule), Value(Flag.SIGNED_BEFORE), function="array_append")
    Signature.objects.filter(id__in=ids).update(flags=flags)


def _is_unchanged_since_rule(rule: Rule, row: Signature, before: str) -> bool:
    if rule.act == Act.HIDE:
        return row.hidden_at == rule.began_at
    becomes = STATE_AFTER[Act(rule.act)] if _changes_state(rule, before) else before
    return row.state == becomes and rule.flag in row.flags


def _restore(rule: Rule, rows: list[Signature], before: dict[int, str]) -> None:
    if rule.act == Act.HIDE:
        Signature.objects.filter(id__in=[row.id for row in rows]).update(hidden_at=None)
        return
    by_state: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_state[before[row.id]].append(row.id)
    for state, ids in sorted(by_state.items()):
        Signature.objects.filter(id__in=ids).update(state=state, flags=_flags_without_rule(rule))


def _flags_without_rule(rule: Rule) -> Func:
    return Func(F("flags"), Value(rule.flag), function="array_remove")


def _is_held_only_by(rule: Rule, row: Signature) -> bool:
    return row.state == State.HELD and row.flags == [rule.flag]


def _record_undo_per_state(rule: Rule, rows: list[Signature], before: dict[int, str], now: datetime) -> None:
    if rule.act == Act.HIDE:
        shown = [row for row in rows if row.counted and row.visibility == Signature.Visibility.PUBLIC]
        _record_per_statement(rule, Action.SHOW, shown, rule.undo_reason, now)
        return
    groups: dict[tuple[str, str], list[Signature]] = defaultdict(list)
    for row in rows:
        groups[row.state, before[row.id]].append(row)
    for (was, becomes), group in sorted(groups.items()):
        _record_per_statement(rule, Action.RESTORE, group, rule.undo_reason, now, before=was, after=becomes)


def _group_by_state(rows: list[Signature]) -> dict[str, list[Signature]]:
    groups: dict[str, list[Signature]] = defaultdict(list)
    for row in rows:
        groups[row.state].append(row)
    return groups


def _record_per_statement(
    rule: Rule, action: AuditEntry.Action, rows: list[Signature], reason: str, now: datetime, **change: str
) -> None:
    """Adds one audit entry for each statement, in the transaction of the batch, so no count falls without an entry."""
    by_statement: dict[int, int] = defaultdict(int)
    for row in rows:
        by_statement[row.statement_id] += 1
    AuditEntry.objects.bulk_create(
        AuditEntry(
            action=action, actor=rule.actor, statement_id=statement_id, rule=rule, reason=reason, told=rule.told,
            many=count, created_at=now, **change,
        )
        for statement_id, count in sorted(by_statement.items())
    )  # fmt: skip


def _record_audit_entry(action: AuditEntry.Action, rule: Rule, reason: str, now: datetime) -> None:
    record_audit_entry(action, statement=rule.statement, rule=rule, actor=rule.actor, reason=reason, now=now)

"""Those who are ready, one after another, as fast as their organisers set: each becomes a signature that waits for its
signer's own press, and a mail that asks for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from signatures.identity.encryption import decrypt_cells
from signatures.mail.models.email import lock_mailbox
from signatures.mail.outbox import wake_mailer
from signatures.signing.sign import sign_imported
from signatures.statements.models.switch import Switches
from signatures.transfers.imports.line_form import LineForms
from signatures.transfers.models.imports import COUNTER_FIELDS, LEASE, Import, ImportLine
from signatures.web.time_boxed import Clock, run_until

BATCH = 50
WRITE_SQL = """
    UPDATE signatures_importline AS line SET state = new.state, mailbox_digest = NULL, digest_key = '',
        sealed = CASE WHEN new.state = 'bad' THEN line.sealed END
    FROM unnest(%s::bigint[], %s::text[]) AS new (id, state) WHERE line.id = new.id
"""

State, Status = ImportLine.State, Import.Status


def bring(found: Import, clock: Clock, stop_at: datetime) -> bool:
    """Whether it goes on at once; else beat comes round when its pace gives more."""
    forms = LineForms(found)
    return run_until(lambda now: _queue_batch(found.pk, forms, now), clock=clock, stop_at=stop_at)


def may_send(found: Import, now: datetime) -> bool:
    """Nobody is asked for what they could not do now."""
    return found.statement.is_open(now) and Switches.of(found.statement_id).sends_reminders


def _queue_batch(import_id: int, forms: LineForms, now: datetime) -> bool:
    """Each signature is a transaction of its own, as when its signer had sent the form: a kill in between leaves some
    that are here already, and that the next one finds here."""
    found = Import.objects.select_related("statement").get(id=import_id)
    many = min(found.allowed(now), BATCH)
    if found.status != Status.RUNNING or many < 1 or not may_send(found, now):
        return False
    lines = list(found.rows.filter(state=State.READY).order_by("line")[:many])
    states = [_queue_line(line, forms, now) for line in lines]
    return _save_progress(found, lines, states, now)


def _queue_line(line: ImportLine, forms: LineForms, now: datetime) -> str | None:
    """By the form's rules as they are now. None for who has gone since the line was read."""
    try:
        form = forms.form(decrypt_cells(line.sealed or b""))
    except InvalidToken:
        return State.BAD
    if not form.is_valid():
        return State.BAD
    data = form.cleaned_data
    with transaction.atomic():
        lock_mailbox(data["email"].digests)
        if not ImportLine.objects.filter(id=line.pk, state=State.READY).exists():
            return None
        return sign_imported(
            import_row=forms.of,
            by=data["email"],
            details=replace(form.details, updates=False),
            language=data["language"],
            now=now,
        )


@transaction.atomic
def _save_progress(found: Import, lines: Sequence[ImportLine], states: Sequence[str | None], now: datetime) -> bool:
    """False once nobody is left."""
    found = Import.objects.select_for_update().get(id=found.pk)
    done = {line.pk: state for line, state in zip(lines, states, strict=True) if state}
    with connection.cursor() as cursor:
        cursor.execute(WRITE_SQL, [list(done), list(done.values())])
    for state in done.values():
        setattr(found, COUNTER_FIELDS[state], getattr(found, COUNTER_FIELDS[state]) + 1)
    found.ready = max(found.ready - len(done), 0)
    found.spend(states.count(State.BROUGHT), now)
    found.moved_at, found.held_until = now, now + LEASE
    if not lines and found.status == Status.RUNNING:
        found.status, found.ended_at, found.ready = Status.DONE, now, 0
        found.rows.exclude(state=State.BAD).forget()
    found.save()
    if lines:
        transaction.on_commit(wake_mailer, robust=True)
    return bool(lines)

"""Turns lines that are ready into pending signatures, each with an email that asks for confirmation.

The organiser sets how many emails an hour are queued.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from signatures.identity.encryption import decrypt_cells
from signatures.mail.models.email import lock_mailbox
from signatures.mail.outbox import wake_mailer
from signatures.statements.models.switch import Switches
from signatures.transfers.imports.line_form import LineForms
from signatures.transfers.imports.sign_line import sign_imported
from signatures.transfers.models.imports import COUNTER_FIELDS, WORK_LEASE, Import, ImportLine
from signatures.web.time_boxed import Clock, run_until

BATCH = 50
WRITE_SQL = """
    UPDATE signatures_importline AS line SET state = new.state, mailbox_digest = NULL, digest_key = '',
        sealed = CASE WHEN new.state = 'bad' THEN line.sealed END
    FROM unnest(%s::bigint[], %s::text[]) AS new (id, state) WHERE line.id = new.id
"""

State, Status = ImportLine.State, Import.Status


def queue_import_emails(import_: Import, clock: Clock, stop_at: datetime) -> bool:
    """Returns True if there is more to do now. If not, the periodic task continues when the rate allows more emails."""
    forms = LineForms(import_)
    return run_until(lambda now: _queue_batch(import_.pk, forms, now), clock=clock, stop_at=stop_at)


def may_send(import_: Import, now: datetime) -> bool:
    """Tells whether signers could confirm now: the statement is open, and signing and email are not paused."""
    return import_.statement.is_open(now) and Switches.of(import_.statement_id).sends_reminders


def _queue_batch(import_id: int, forms: LineForms, now: datetime) -> bool:
    """Queues one batch. Each signature is a transaction of its own, as if its signer had sent the form.

    If the worker is killed in between, the next one finds the signatures that exist already.
    """
    import_ = Import.objects.select_related("statement").get(id=import_id)
    limit = min(import_.emails_allowed(now), BATCH)
    if import_.status != Status.RUNNING or limit < 1 or not may_send(import_, now):
        return False
    lines = list(import_.rows.filter(state=State.READY).order_by("line")[:limit])
    states = [_queue_line(line, forms, now) for line in lines]
    return _save_progress(import_, lines, states, now)


def _queue_line(line: ImportLine, forms: LineForms, now: datetime) -> str | None:
    """Applies the current rules of the form. Returns the new state, or None if the line is no longer ready."""
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
            import_row=forms.import_,
            by=data["email"],
            details=replace(form.details, updates=False),
            language=data["language"],
            now=now,
        )


@transaction.atomic
def _save_progress(import_: Import, lines: Sequence[ImportLine], states: Sequence[str | None], now: datetime) -> bool:
    """Stores the new states and counters. Returns False when no lines are left."""
    import_ = Import.objects.select_for_update().get(id=import_.pk)
    done = {line.pk: state for line, state in zip(lines, states, strict=True) if state}
    with connection.cursor() as cursor:
        cursor.execute(WRITE_SQL, [list(done), list(done.values())])
    for state in done.values():
        setattr(import_, COUNTER_FIELDS[state], getattr(import_, COUNTER_FIELDS[state]) + 1)
    import_.ready = max(import_.ready - len(done), 0)
    import_.count_emailed(states.count(State.BROUGHT), now)
    import_.moved_at, import_.held_until = now, now + WORK_LEASE
    if not lines and import_.status == Status.RUNNING:
        import_.status, import_.ended_at, import_.ready = Status.DONE, now, 0
        import_.rows.exclude(state=State.BAD).erase_content()
    import_.save()
    if lines:
        transaction.on_commit(wake_mailer, robust=True)
    return bool(lines)

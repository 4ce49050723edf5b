"""Checks each line: the rules of the form, earlier lines of the file, suppressions, and existing signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db import connection, transaction

from signatures.identity.encryption import decrypt_cells
from signatures.mail.models.email import Suppression
from signatures.signing.models.signature import Signature
from signatures.transfers.imports.line_form import LineForms
from signatures.transfers.models.imports import COUNTER_FIELDS, WORK_LEASE, Import, ImportLine
from signatures.web.time_boxed import Clock, run_until

BATCH = 500
WRITE_SQL = """
    UPDATE signatures_importline AS line SET state = new.state, mailbox_digest = new.digest, digest_key = new.key
    FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::text[]) AS new (id, state, digest, key)
    WHERE line.id = new.id
"""

State, Status = ImportLine.State, Import.Status


@dataclass
class CheckedLine:
    line: ImportLine
    state: str = State.BAD
    digests: Sequence[bytes] = ()
    key: str = ""

    @property
    def digest(self) -> bytes | None:
        """The digest by which erasure finds this line. None if the line has no valid mailbox."""
        return self.digests[0] if self.digests else None


def check_lines(import_: Import, clock: Clock, stop_at: datetime) -> bool:
    """Returns True if there are lines left to check."""
    forms = LineForms(import_)
    return run_until(lambda now: _check_batch(import_, forms, now), clock=clock, stop_at=stop_at)


@transaction.atomic
def _check_batch(import_: Import, forms: LineForms, now: datetime) -> bool:
    """Checks one batch. Returns False if all lines are checked, or if the import was stopped or changed."""
    locked = Import.objects.select_for_update(of=("self",)).filter(id=import_.pk, status=Status.CHECKING).first()
    if locked is None or locked.columns != import_.columns:
        return False
    lines = list(locked.rows.people().filter(line__gt=locked.reached).order_by("line")[:BATCH])
    checked_lines = _check_all(locked, lines, forms)
    _save(checked_lines)
    for checked in checked_lines:
        setattr(locked, COUNTER_FIELDS[checked.state], getattr(locked, COUNTER_FIELDS[checked.state]) + 1)
    locked.moved_at, locked.held_until = now, now + WORK_LEASE
    if lines:
        locked.reached = lines[-1].line
    else:
        locked.status = Status.CHECKED
    locked.save()
    return bool(lines)


def _check_all(import_: Import, lines: Sequence[ImportLine], forms: LineForms) -> list[CheckedLine]:
    checked_lines = [_check_by_form(line, forms) for line in lines]
    digests = {digest for checked in checked_lines for digest in checked.digests}
    suppressed = Suppression.objects.among(digests)
    signed = _digests_in(digests, Signature.objects.of(import_.statement))
    ready = _digests_in(digests, import_.rows.filter(state=State.READY, line__lte=import_.reached))
    for checked in checked_lines:
        if checked.digests:
            checked.state = _state_of(checked.digests, suppressed, signed, ready)
        if checked.state == State.READY:
            ready.update(checked.digests)
    return checked_lines


def _check_by_form(line: ImportLine, forms: LineForms) -> CheckedLine:
    if line.sealed is None:  # erased at the signer's request
        return CheckedLine(line, State.SILENT)
    try:
        form = forms.form(decrypt_cells(line.sealed))
    except InvalidToken:  # the key is no longer in FIELD_KEY
        return CheckedLine(line)
    if not form.is_valid():
        return CheckedLine(line)
    by = form.cleaned_data["email"]
    return CheckedLine(line, digests=by.digests, key=by.digest_key)


def _digests_in(digests: set[bytes], rows) -> set[bytes]:
    matching = rows.filter(mailbox_digest__in=digests).values_list("mailbox_digest", flat=True)
    return {bytes(digest) for digest in matching}


def _state_of(digests: Sequence[bytes], suppressed: set[bytes], signed: set[bytes], ready: set[bytes]) -> str:
    for state, group in ((State.DOUBLE, ready), (State.SILENT, suppressed), (State.KNOWN, signed)):
        if group.intersection(digests):
            return state
    return State.READY


def _save(checked_lines: Sequence[CheckedLine]) -> None:
    columns = [[getattr(checked, name) for checked in checked_lines] for name in ("state", "digest", "key")]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_SQL, [[checked.line.pk for checked in checked_lines], *columns])

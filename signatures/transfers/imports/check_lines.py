"""Every line against the form, against the lines before it, and against who is here already."""

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
        """Of whoever can be told: by which they are found when they go."""
        return self.digests[0] if self.digests else None


def check_lines(found: Import, clock: Clock, stop_at: datetime) -> bool:
    """Whether it goes on later."""
    forms = LineForms(found)
    return run_until(lambda now: _check_batch(found, forms, now), clock=clock, stop_at=stop_at)


@transaction.atomic
def _check_batch(found: Import, forms: LineForms, now: datetime) -> bool:
    """False once all are checked, or where somebody stopped it."""
    locked = Import.objects.select_for_update(of=("self",)).filter(id=found.pk, status=Status.CHECKING).first()
    if locked is None or locked.columns != found.columns:
        return False
    lines = list(locked.rows.people().filter(line__gt=locked.reached).order_by("line")[:BATCH])
    judged = _check_all(locked, lines, forms)
    _save(judged)
    for each in judged:
        setattr(locked, COUNTER_FIELDS[each.state], getattr(locked, COUNTER_FIELDS[each.state]) + 1)
    locked.moved_at, locked.held_until = now, now + WORK_LEASE
    if lines:
        locked.reached = lines[-1].line
    else:
        locked.status = Status.CHECKED
    locked.save()
    return bool(lines)


def _check_all(found: Import, lines: Sequence[ImportLine], forms: LineForms) -> list[CheckedLine]:
    judged = [_check_by_form(line, forms) for line in lines]
    asked = {digest for each in judged for digest in each.digests}
    silent = Suppression.objects.among(asked)
    known = _digests_in(asked, Signature.objects.of(found.statement))
    ready = _digests_in(asked, found.rows.filter(state=State.READY, line__lte=found.reached))
    for each in judged:
        if each.digests:
            each.state = _state_of(each.digests, silent, known, ready)
        if each.state == State.READY:
            ready.update(each.digests)
    return judged


def _check_by_form(line: ImportLine, forms: LineForms) -> CheckedLine:
    if line.sealed is None:  # who it was about has gone
        return CheckedLine(line, State.SILENT)
    try:
        form = forms.form(decrypt_cells(line.sealed))
    except InvalidToken:  # its key is gone
        return CheckedLine(line)
    if not form.is_valid():
        return CheckedLine(line)
    by = form.cleaned_data["email"]
    return CheckedLine(line, digests=by.digests, key=by.digest_key)


def _digests_in(asked: set[bytes], rows) -> set[bytes]:
    found = rows.filter(mailbox_digest__in=asked).values_list("mailbox_digest", flat=True)
    return {bytes(digest) for digest in found}


def _state_of(digests: Sequence[bytes], silent: set[bytes], known: set[bytes], ready: set[bytes]) -> str:
    for state, some in ((State.DOUBLE, ready), (State.SILENT, silent), (State.KNOWN, known)):
        if some.intersection(digests):
            return state
    return State.READY


def _save(judged: Sequence[CheckedLine]) -> None:
    columns = [[getattr(each, name) for each in judged] for name in ("state", "digest", "key")]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_SQL, [[each.line.pk for each in judged], *columns])

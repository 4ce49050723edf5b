"""Re-encrypts mailboxes with the first FIELD_KEY, and renews digests with the first DIGEST_KEY."""

import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand

from signatures.identity.mailbox import key_id
from signatures.privacy.key_rotation import (
    KeysInUse,
    RotationBatch,
    keys_in_use,
    rotate_authenticators,
    rotate_import_lines,
    rotate_invitations,
    rotate_referrals,
    rotate_signatures,
)

MAX_PASSES, PAUSE = 5, 1  # passes while rows are locked; seconds between them
REPORT_EVERY, MAX_SHOWN = 10_000, 20
DUPLICATE_MESSAGE = (
    "another signature of the same statement has the same mailbox. Both are kept. Ask a moderator to check them, and"
    " run this again after one of them is erased"
)


class Command(BaseCommand):
    help = (
        "Re-encrypts mailboxes and organisers' authenticators with the first FIELD_KEY, and renews digests with the"
        " first DIGEST_KEY, while the site runs. Exits with 1 while an older key is still needed. Safe to interrupt and"
        " to repeat."
    )

    def handle(self, *args, **options):
        total = self._walk()
        for _pass in range(MAX_PASSES - 1):
            if total.busy:
                time.sleep(PAUSE)
                next_total = self._walk()
                next_total.renewed += total.renewed
                total = next_total
        self.stdout.write(f"{total.seen} mailboxes: {total.renewed} renewed")
        is_lost = self._rotate_authenticators() | self._rotate_invitations() | self._rotate_import_lines()
        is_lost |= self._rotate_referrals()
        if self._report_result(total) or is_lost:
            sys.exit(1)

    def _rotate_authenticators(self) -> bool:
        return self._say("authenticators of organisers", *rotate_authenticators())

    def _rotate_import_lines(self) -> bool:
        return self._say(
            "lines of imports", *_rotate_all_batches(rotate_import_lines), or_else=", or stop their imports"
        )

    def _rotate_referrals(self) -> bool:
        """Rotates the encrypted codes of the links that signatures came by."""
        return self._say("links that signatures came by", *_rotate_all_batches(rotate_referrals))

    def _rotate_invitations(self) -> bool:
        return self._say("mailboxes of invited people", *rotate_invitations())

    def _say(self, what: str, renewed: int, unreadable: int, *, or_else: str = "") -> bool:
        """Prints the result for one kind of row. Returns whether a row cannot be decrypted."""
        if renewed:
            self.stdout.write(f"{renewed} {what} renewed")
        if unreadable:
            words = "no listed FIELD_KEY decrypts them: add their key at the end of the list again"
            self.stdout.write(f"{unreadable} {what}: {words}{or_else}")
        return bool(unreadable)

    def _walk(self) -> RotationBatch:
        total, after = RotationBatch(), 0
        while (done := rotate_signatures(after=after)).last is not None:
            after = done.last
            for name in ("seen", "renewed", "busy", "duplicates", "unreadable"):
                setattr(total, name, getattr(total, name) + getattr(done, name))
            if total.seen // REPORT_EVERY > (total.seen - done.seen) // REPORT_EVERY:
                self.stdout.write(f"checked {total.seen}, renewed {total.renewed}")
        return total

    def _report_result(self, total: RotationBatch) -> bool:
        """Prints what remains to be done. Returns whether anything needs an older key."""
        for ids, words in (
            (total.duplicates, DUPLICATE_MESSAGE),
            (total.unreadable, "no listed FIELD_KEY decrypts the mailbox: add its key at the end of the list again"),
            (total.busy, "rows were locked: run this again"),
        ):
            if ids:
                shown = ", ".join(map(str, ids[:MAX_SHOWN])) + (", ..." if len(ids) > MAX_SHOWN else "")
                self.stdout.write(f"{len(ids)} signatures (id {shown}): {words}")
        needs = [self._report_field_keys(total), self._report_digest_keys()]
        return any([*needs, total.duplicates, total.unreadable])

    def _report_field_keys(self, total: RotationBatch) -> bool:
        for key in settings.FIELD_KEYS[1:]:
            words = "needed until this is finished" if total.busy else "not needed any more: remove it"
            self.stdout.write(f"FIELD_KEY {key_id(key)}: {words}")
        return bool(total.busy)

    def _report_digest_keys(self) -> bool:
        used = keys_in_use()
        listed = [key_id(key) for key in settings.DIGEST_KEYS]
        unknown = {key for counts in used.counts() for key in counts if key not in listed}
        is_needed = False
        for key in [*listed[1:], *sorted(unknown)]:
            words = _rows_under_key(used, key)
            is_needed = is_needed or bool(words)
            name = f"DIGEST_KEY {key}" if key else "an unknown DIGEST_KEY"
            state = "" if key in listed or not key else " is not listed, but"
            self.stdout.write(f"{name}{state}: {words or 'not needed any more: remove it'}")
        return is_needed


def _rotate_all_batches(rotate_batch: Callable[..., tuple[int | None, int, int]]) -> tuple[int, int]:
    """Runs all batches. Returns the number of renewed and of unreadable rows."""
    last, renewed, unreadable = rotate_batch()
    while last is not None:
        last, *counts = rotate_batch(after=last)
        renewed, unreadable = renewed + counts[0], unreadable + counts[1]
    return renewed, unreadable


def _rows_under_key(used: KeysInUse, key: str) -> str:
    needs = []
    if used.signatures[key]:
        needs.append(f"needed by {used.signatures[key]} signatures")
    if used.invitations[key]:
        needs.append(f"needed by {used.invitations[key]} invitations")
    if used.lines[key]:
        needs.append(
            f"needed by {used.lines[key]} lines of imports: if no address in them can be read any more, stop their"
            " imports"
        )
    if used.mail_events[key]:
        needs.append(
            f"needed by {used.mail_events[key]} reports of a mail service: the worker processes them within a minute;"
            " then run this again"
        )
    if used.suppressions[key]:
        needs.append(
            f"needed by {used.suppressions[key]} suppressed mailboxes: their addresses are not stored, so their digests"
            " cannot be renewed. Without this key they may get emails again"
        )
    return "; ".join(needs)

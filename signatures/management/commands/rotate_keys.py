"""Brings every mailbox under the first key of FIELD_KEY, and every digest under the first of DIGEST_KEY."""

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

MAX_PASSES, PAUSE = 5, 1  # over what was busy; seconds between
REPORT_EVERY, MAX_SHOWN = 10_000, 20
DUPLICATE_MESSAGE = (
    "another signature of the same statement has the same mailbox. Both are kept; let a moderator look at them, and run"
    " this again once one of them is erased"
)


class Command(BaseCommand):
    help = (
        "Re-encrypts mailboxes and organisers' authenticators under the first FIELD_KEY, and makes digests anew under"
        " the first DIGEST_KEY, while the site runs. Exits 1 while an older key is still needed. Safe to interrupt and"
        " to repeat."
    )

    def handle(self, *args, **options):
        total = self._walk()
        for _pass in range(MAX_PASSES - 1):
            if total.busy:
                time.sleep(PAUSE)
                again = self._walk()
                again.renewed += total.renewed
                total = again
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
        """By which link signatures came."""
        return self._say("links that signatures came by", *_rotate_all_batches(rotate_referrals))

    def _rotate_invitations(self) -> bool:
        return self._say("mailboxes of invited people", *rotate_invitations())

    def _say(self, what: str, renewed: int, unreadable: int, *, or_else: str = "") -> bool:
        """Whether there is one that cannot be read."""
        if renewed:
            self.stdout.write(f"{renewed} {what} renewed")
        if unreadable:
            words = "no listed FIELD_KEY reads them: list it again, at the end"
            self.stdout.write(f"{unreadable} {what}: {words}{or_else}")
        return bool(unreadable)

    def _walk(self) -> RotationBatch:
        total, after = RotationBatch(), 0
        while (done := rotate_signatures(after=after)).last is not None:
            after = done.last
            for name in ("seen", "renewed", "busy", "duplicates", "unreadable"):
                setattr(total, name, getattr(total, name) + getattr(done, name))
            if total.seen // REPORT_EVERY > (total.seen - done.seen) // REPORT_EVERY:
                self.stdout.write(f"looked at {total.seen}, renewed {total.renewed}")
        return total

    def _report_result(self, total: RotationBatch) -> bool:
        """What remains to be done; whether anything needs an older key."""
        for ids, words in (
            (total.duplicates, DUPLICATE_MESSAGE),
            (total.unreadable, "no listed FIELD_KEY reads the mailbox: list its key again, at the end"),
            (total.busy, "somebody was working there: run this again"),
        ):
            if ids:
                shown = ", ".join(map(str, ids[:MAX_SHOWN])) + (", ..." if len(ids) > MAX_SHOWN else "")
                self.stdout.write(f"{len(ids)} signatures (id {shown}): {words}")
        needs = [self._report_field_keys(total), self._report_digest_keys()]
        return any([*needs, total.duplicates, total.unreadable])

    def _report_field_keys(self, total: RotationBatch) -> bool:
        for key in settings.FIELD_KEYS[1:]:
            words = "needed until this has finished" if total.busy else "not needed any more: take it out"
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
            name = f"DIGEST_KEY {key}" if key else "a DIGEST_KEY that was not noted"
            state = "" if key in listed or not key else " is not listed, but"
            self.stdout.write(f"{name}{state}: {words or 'not needed any more: take it out'}")
        return is_needed


def _rotate_all_batches(rotate: Callable[..., tuple[int | None, int, int]]) -> tuple[int, int]:
    """Batch by batch: how many were renewed, and how many no key reads."""
    last, renewed, unreadable = rotate_signatures()
    while last is not None:
        last, *more = rotate_signatures(after=last)
        renewed, unreadable = renewed + more[0], unreadable + more[1]
    return renewed, unreadable


def _rows_under_key(used: KeysInUse, key: str) -> str:
    needs = []
    if used.signatures[key]:
        needs.append(f"needed by {used.signatures[key]} signatures")
    if used.invitations[key]:
        needs.append(f"needed by {used.invitations[key]} invitations")
    if used.lines[key]:
        needs.append(
            f"needed by {used.lines[key]} lines of imports: where no address can be read in them any more, stop their"
            " imports"
        )
    if used.mail_events[key]:
        needs.append(
            f"needed by {used.mail_events[key]} reports of a mail service: the worker reads them within a minute; run"
            " this again then"
        )
    if used.suppressions[key]:
        needs.append(
            f"needed by {used.suppressions[key]} suppressed mailboxes: their addresses are not kept, so their digests"
            " cannot be made anew. Without this key mail may go there again"
        )
    return "; ".join(needs)

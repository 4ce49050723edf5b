"""Imports of signatures that were collected elsewhere: the file, its lines, and the state of each line."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.transfers.limits import IMPORT_BURST, IMPORT_RATE, MAX_IMPORT_RATE
from signatures.web.known_choices import one_of
from signatures.web.languages.language_field import LanguageField

HOUR, WORK_LEASE = timedelta(hours=1), timedelta(minutes=1)
MAX_SOURCE_LENGTH = 120
WORKING_STATUSES, FINAL_STATUSES = ("reading", "checking", "running"), ("done", "stopped", "refused")


class ImportQuerySet(models.QuerySet["Import"]):
    def in_progress(self, now: datetime) -> "ImportQuerySet":
        """Returns imports that the worker has to continue, without those leased by another worker."""
        begun = self.filter(status__in=WORKING_STATUSES)
        return begun.filter(Q(held_until=None) | Q(held_until__lte=now)).order_by("id")

    def lease(self, import_: "Import", now: datetime) -> bool:
        """Leases the import for one worker. Returns False if another was quicker. Leases of killed workers expire."""
        own = self.in_progress(now).filter(id=import_.pk)
        return bool(own.update(held_until=now + WORK_LEASE))


class Import(models.Model):
    """One file. A line stays encrypted until it has become a pending signature or the import is deleted.

    The counters stay.
    """

    class Status(models.TextChoices):
        READING = "reading", _("being read")
        READ = "read", _("waits for its columns")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, nothing sent")
        RUNNING = "running", _("emails are being sent")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        REFUSED = "refused", _("could not be read")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="imports", verbose_name=_("statement"))
    source = models.CharField(_("where they were collected"), max_length=MAX_SOURCE_LENGTH)
    name = models.CharField(_("file"), max_length=100)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded at"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.READING)

    file = models.CharField(max_length=200, blank=True)  # name in the storage; encrypted, deleted after it was read
    size = models.PositiveIntegerField(_("bytes"), default=0)
    digest = models.CharField(max_length=64)  # keyed hash that recognises the same file
    tries = models.PositiveSmallIntegerField(default=0)  # attempts to read on from the same line
    problem = models.CharField(max_length=20, blank=True)  # a key of ERROR_MESSAGES
    problem_line = models.PositiveIntegerField(default=0)  # 0: the whole file

    columns = models.JSONField(default=list)  # the meaning of each column, in the order of the file
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("default field of work")
    )
    language = LanguageField(_("default language"), default=settings.LANGUAGE_CODE)
    visibility = models.CharField(
        _("default for the list"),
        max_length=10,
        choices=Signature.Visibility.choices,
        default=Signature.Visibility.PUBLIC,
    )
    pace = models.PositiveIntegerField(
        _("emails an hour"),
        default=IMPORT_RATE,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_IMPORT_RATE)],
    )
    held_until = models.DateTimeField(null=True)  # the lease of the worker
    paced_at = models.DateTimeField(null=True)  # the rate is used up until this moment

    reached = models.PositiveIntegerField(default=0)  # the last line that was read, checked or queued
    lines = models.PositiveIntegerField(_("lines"), default=0)
    ready = models.PositiveIntegerField(_("ready"), default=0)
    bad = models.PositiveIntegerField(_("with a problem"), default=0)
    duplicates = models.PositiveIntegerField(_("twice in the file"), default=0)
    known = models.PositiveIntegerField(_("already signed here"), default=0)
    silent = models.PositiveIntegerField(_("want no email"), default=0)
    brought = models.PositiveIntegerField(_("emails in the outbox"), default=0)

    began_at = models.DateTimeField(_("began at"), null=True, blank=True)
    moved_at = models.DateTimeField(_("last progress at"))  # imports without progress are deleted
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    @one_of(status=Status.values, visibility=Signature.Visibility.values)
    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_progress(self) -> bool:
        return self.status in WORKING_STATUSES

    @property
    def done(self) -> int:
        """The number of lines that are no longer ready."""
        return self.lines - self.ready

    def expected_end(self, now: datetime) -> datetime:
        """Returns when the last email will be in the outbox at this rate."""
        return now + self.ready * self._interval()

    @property
    def checked_count(self) -> int:
        return self.ready + self.bad + self.duplicates + self.known + self.silent + self.brought

    def emails_allowed(self, now: datetime) -> int:
        """Returns how many emails may be queued now."""
        return int((now - self._spent_until(now)) / self._interval())

    def count_emailed(self, count: int, now: datetime) -> None:
        """Uses up the rate for `count` emails. Does not save."""
        self.paced_at = self._spent_until(now) + count * self._interval()

    def move_count(self, line: "ImportLine", state: str) -> None:
        """Moves a line from one counter to another. Does not save."""
        if line.line <= self.reached:  # later lines are counted when they are checked
            for counted_state, change in ((line.state, -1), (state, 1)):
                setattr(self, COUNTER_FIELDS[counted_state], getattr(self, COUNTER_FIELDS[counted_state]) + change)

    def _spent_until(self, now: datetime) -> datetime:
        return max(self.paced_at, now - self._burst()) if self.paced_at else now - self._interval()

    def _interval(self) -> timedelta:
        return HOUR / self.pace

    def _burst(self) -> timedelta:
        """Returns for how long an unused rate adds up: long enough for at least one email."""
        return max(IMPORT_BURST, self._interval())


class ImportLineQuerySet(models.QuerySet["ImportLine"]):
    def people(self) -> "ImportLineQuerySet":
        return self.exclude(state=ImportLine.State.HEADING)

    def erase_content(self) -> None:
        """Deletes the personal data of the lines and keeps their states."""
        self.update(sealed=None, mailbox_digest=None, digest_key="")

    def exclude_mailboxes(self, digests: Sequence[bytes]) -> None:
        """Erases waiting lines of these mailboxes, so that an import does not bring back an erased signer."""
        lines = self.filter(mailbox_digest__in=digests)
        imports = Import.objects.select_for_update().filter(id__in=lines.values("of")).order_by("id")
        for import_ in list(imports):  # lock the import before its lines, as everywhere
            for line in import_.rows.filter(mailbox_digest__in=digests):
                import_.move_count(line, ImportLine.State.SILENT)
                import_.rows.filter(id=line.pk).erase_content()
                import_.rows.filter(id=line.pk).update(state=ImportLine.State.SILENT)
            import_.save(update_fields=list(COUNTER_FIELDS.values()))


class ImportLine(models.Model):
    class State(models.TextChoices):
        HEADING = "heading", _("names of the columns")
        UNSEEN = "unseen", _("not checked")
        READY = "ready", _("ready")
        BAD = "bad", _("has a problem")
        DOUBLE = "double", _("the mailbox of an earlier line")
        KNOWN = "known", _("has signed here already, or has withdrawn or been rejected")
        SILENT = "silent", _("wants no email from us, or cannot be reached")
        BROUGHT = "brought", _("email in the outbox")

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows", verbose_name=_("import"), db_index=False)
    line = models.PositiveIntegerField(_("line"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNSEEN)
    sealed = models.BinaryField(null=True)  # the cells, encrypted like a mailbox
    mailbox_digest = models.BinaryField(max_length=32, null=True)
    digest_key = models.CharField(max_length=8, blank=True)

    objects = ImportLineQuerySet.as_manager()

    @one_of(state=State.values)
    class Meta:
        verbose_name, verbose_name_plural = _("line of an import"), _("lines of imports")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["of", "line"], name="a_line_is_read_once")]
        indexes = [
            models.Index(fields=["of", "state", "line"], name="lines_by_state"),
            models.Index(
                fields=["mailbox_digest"], name="lines_of_a_mailbox", condition=Q(mailbox_digest__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_id}: {self.line}"


COUNTER_FIELDS: dict[str, str] = {
    ImportLine.State.READY: "ready",
    ImportLine.State.BAD: "bad",
    ImportLine.State.DOUBLE: "duplicates",
    ImportLine.State.KNOWN: "known",
    ImportLine.State.SILENT: "silent",
    ImportLine.State.BROUGHT: "brought",
}

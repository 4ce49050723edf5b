"""Signatures that were collected elsewhere, on their way in: the lines of a file, and what becomes of each."""

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
from signatures.web.known_choices import one_of
from signatures.web.languages.language_field import LanguageField
from signatures.web.limits import IMPORT_BURST, IMPORT_RATE, MAX_IMPORT_RATE

HOUR, LEASE = timedelta(hours=1), timedelta(minutes=1)
MAX_SOURCE_LENGTH = 120
AT_WORK, FINAL_STATUSES = ("reading", "checking", "running"), ("done", "stopped", "refused")


class ImportQuerySet(models.QuerySet["Import"]):
    def at_work(self, now: datetime) -> "ImportQuerySet":
        """What the worker goes on with, but for what another one holds."""
        begun = self.filter(status__in=AT_WORK)
        return begun.filter(Q(held_until=None) | Q(held_until__lte=now)).order_by("id")

    def hold(self, found: "Import", now: datetime) -> bool:
        """Whether nobody was quicker. A worker that is killed keeps it for a lease more."""
        mine = self.at_work(now).filter(id=found.pk)
        return bool(mine.update(held_until=now + LEASE))


class Import(models.Model):
    """One file. Its lines are sealed until each has become a signature that waits for its signer's own press, or until
    the import is forgotten; what stays is how many there were."""

    class Status(models.TextChoices):
        READING = "reading", _("being read")
        READ = "read", _("waits for its columns")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, nothing sent")
        RUNNING = "running", _("mails go out")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        REFUSED = "refused", _("could not be read")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="imports", verbose_name=_("statement"))
    source = models.CharField(_("where they were collected"), max_length=MAX_SOURCE_LENGTH)
    name = models.CharField(_("file"), max_length=100)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("brought by"))
    created_at = models.DateTimeField(_("brought at"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.READING)

    file = models.CharField(max_length=200, blank=True)  # in the storage, sealed, until it is read
    size = models.PositiveIntegerField(_("bytes"), default=0)
    digest = models.CharField(max_length=64)  # keyed; by which the same file is known again
    tries = models.PositiveSmallIntegerField(default=0)  # at reading on from one place
    problem = models.CharField(max_length=20, blank=True)  # why it could not be read,
    problem_line = models.PositiveIntegerField(default=0)  # and where

    columns = models.JSONField(default=list)  # what is in each, by their order in the file
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("field of work of the others")
    )
    language = LanguageField(_("language of the others"), default=settings.LANGUAGE_CODE)
    visibility = models.CharField(
        _("in the list, the others"),
        max_length=10,
        choices=Signature.Visibility.choices,
        default=Signature.Visibility.PUBLIC,
    )
    pace = models.PositiveIntegerField(
        _("mails an hour"),
        default=IMPORT_RATE,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_IMPORT_RATE)],
    )
    held_until = models.DateTimeField(null=True)  # by the worker that is at it
    paced_at = models.DateTimeField(null=True)  # up to this moment the pace is spent

    reached = models.PositiveIntegerField(default=0)  # the line that was read, checked or brought in last
    lines = models.PositiveIntegerField(_("lines"), default=0)
    ready = models.PositiveIntegerField(_("ready"), default=0)
    bad = models.PositiveIntegerField(_("with a problem"), default=0)
    duplicates = models.PositiveIntegerField(_("twice in the file"), default=0)
    known = models.PositiveIntegerField(_("already here"), default=0)
    silent = models.PositiveIntegerField(_("want no mail"), default=0)
    brought = models.PositiveIntegerField(_("mails in the outbox"), default=0)

    began_at = models.DateTimeField(_("began at"), null=True, blank=True)
    moved_at = models.DateTimeField(_("moved at"))  # what has not moved for long is forgotten
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
        return self.status in AT_WORK

    @property
    def done(self) -> int:
        """Of those who were ready, how many have had their turn."""
        return self.lines - self.ready

    def until(self, now: datetime) -> datetime:
        """When the last mail will be in the outbox at this pace."""
        return now + self.ready * self._step()

    @property
    def looked_at(self) -> int:
        return self.ready + self.bad + self.duplicates + self.known + self.silent + self.brought

    def allowed(self, now: datetime) -> int:
        """How many mails may follow those that are in the outbox."""
        return int((now - self._spent_until(now)) / self._step())

    def spend(self, many: int, now: datetime) -> None:
        """Does not save."""
        self.paced_at = self._spent_until(now) + many * self._step()

    def recount(self, line: "ImportLine", state: str) -> None:
        """A line that was counted becomes something else. Does not save."""
        if line.line <= self.reached:  # else it is still to be looked at, and counted then
            for each, more in ((line.state, -1), (state, 1)):
                setattr(self, COUNTER_FIELDS[each], getattr(self, COUNTER_FIELDS[each]) + more)

    def _spent_until(self, now: datetime) -> datetime:
        return max(self.paced_at, now - self._burst()) if self.paced_at else now - self._step()

    def _step(self) -> timedelta:
        return HOUR / self.pace

    def _burst(self) -> timedelta:
        """For so long what was not used adds up; long enough for one."""
        return max(IMPORT_BURST, self._step())


class ImportLineQuerySet(models.QuerySet["ImportLine"]):
    def people(self) -> "ImportLineQuerySet":
        return self.exclude(state=ImportLine.State.HEADING)

    def forget(self) -> None:
        """What stays says of each line what became of it."""
        self.update(sealed=None, mailbox_digest=None, digest_key="")

    def spare(self, digests: Sequence[bytes]) -> None:
        """Whose mailbox this is has gone, and is not brought in from a file that still waits."""
        theirs = self.filter(mailbox_digest__in=digests)
        imports = Import.objects.select_for_update().filter(id__in=theirs.values("of")).order_by("id")
        for found in list(imports):  # before its lines, as everywhere
            for line in found.rows.filter(mailbox_digest__in=digests):
                found.recount(line, ImportLine.State.SILENT)
                found.rows.filter(id=line.pk).forget()
                found.rows.filter(id=line.pk).update(state=ImportLine.State.SILENT)
            found.save(update_fields=list(COUNTER_FIELDS.values()))


class ImportLine(models.Model):
    class State(models.TextChoices):
        HEADING = "heading", _("names of the columns")
        UNSEEN = "unseen", _("not looked at")
        READY = "ready", _("ready")
        BAD = "bad", _("has a problem")
        DOUBLE = "double", _("a mailbox that stands in an earlier line")
        KNOWN = "known", _("has signed here already, or has withdrawn or been rejected")
        SILENT = "silent", _("wants no mail from us, or cannot be reached")
        BROUGHT = "brought", _("mail in the outbox")

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows", verbose_name=_("import"), db_index=False)
    line = models.PositiveIntegerField(_("line"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNSEEN)
    sealed = models.BinaryField(null=True)  # its cells, encrypted like a mailbox
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

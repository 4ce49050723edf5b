from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from signatures.identity.mail_provider import KEY_LENGTH
from signatures.mail.limits import DAY, MAX_EMAILS_PER_DAY, MIN_TIME_BETWEEN_EMAILS
from signatures.mail.models.addressee import Addressee
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from signatures.statements.models.switch import Switch
from signatures.statements.models.update import Update
from signatures.web import tokens
from signatures.web.known_choices import one_of
from signatures.web.languages.language_field import LanguageField


def lock_mailbox(digests: Sequence[bytes]) -> None:
    """Locks a mailbox until the transaction ends. It takes the locks in order, which prevents deadlocks during a key
    rotation, when a mailbox has several digests."""
    with connection.cursor() as cursor:
        for digest in sorted(digests):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(digest)])


def try_lock_mailboxes(digests: Collection[bytes]) -> set[bytes]:
    """Locks mailboxes without waiting, for callers that already hold the rows. Returns the digests that it locked."""
    numbers = {digest: lock_number(digest) for digest in digests}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, pg_try_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number",
            [sorted(set(numbers.values()))],
        )
        is_locked = dict(cursor.fetchall())
    return {digest for digest, number in numbers.items() if is_locked[number]}


def lock_number(digest: bytes) -> int:
    return int.from_bytes(digest[:8], signed=True)


MARK_SENT_SQL = """
    UPDATE signatures_mail SET status = 'sent', sent_at = %s, last_error = ''
    WHERE id = %s AND attempts = %s AND status = 'queued'
"""


class EmailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> "EmailQuerySet":
        """The emails that may go out now, confirmations first."""
        due = self.filter(status=Mail.Status.QUEUED, next_attempt_at__lte=now).not_paused()
        return due.order_by("priority", "next_attempt_at", "id")

    def not_paused(self) -> "EmailQuerySet":
        """Leaves out emails that organisers paused, for one statement or all. A separate query reads the switches, so
        that usually no join is needed."""
        paused = list(Switch.objects.filter(name=Switch.Name.PAUSE_MAIL).values_list("statement", flat=True))
        if None in paused:
            return self.none()
        if not paused:
            return self
        return self.exclude(signature__statement__in=paused).exclude(invitation__statement__in=paused)

    def next_allowed_at(self, digests: Sequence[bytes], now: datetime) -> datetime:
        """Returns the first moment at which the caps allow another email to a mailbox: `now` or later.

        Call it under `lock_mailbox`. Without the lock, 32 parallel requests queued 29 emails despite a cap of 5.
        """
        last = self.filter(mailbox_digest__in=digests).order_by("-due_at").values_list("due_at", flat=True)
        return next_allowed_time(list(last[:MAX_EMAILS_PER_DAY]), now)

    def next_allowed_at_each(self, digests: Mapping[int, Sequence[bytes]], now: datetime) -> dict[int, datetime]:
        """Returns the same for several mailboxes in one query, under the keys of `digests`."""
        owners = {digest: key for key, of_one in digests.items() for digest in of_one}
        last: dict[int, list[datetime]] = {key: [] for key in digests}
        recent = self.filter(mailbox_digest__in=list(owners), due_at__gt=now - DAY).order_by("-due_at")
        for digest, due_at in recent.values_list("mailbox_digest", "due_at"):
            last[owners[bytes(digest)]].append(due_at)
        return {key: next_allowed_time(moments[:MAX_EMAILS_PER_DAY], now) for key, moments in last.items()}

    def finished(self) -> "EmailQuerySet":
        return self.exclude(status=Mail.Status.QUEUED)

    def clear_recipients(self) -> None:
        self.update(mailbox_digest=None, provider="")

    def cancel_and_clear(self) -> None:
        """Deletes what shows the recipients of these emails, and cancels those that are queued."""
        self.clear_recipients()
        self.update(last_error="")
        self.filter(status=Mail.Status.QUEUED).update(status=Mail.Status.CANCELLED)

    def mark_sent(self, mail: "Mail", *, at: datetime) -> None:
        """Marks the email as sent if the caller still holds the claim. It runs once per email, so it avoids the ORM."""
        with connection.cursor() as cursor:
            cursor.execute(MARK_SENT_SQL, [at, mail.id, mail.attempts])

    def claim(self, *, now: datetime, until: datetime, limit: int) -> list["Mail"]:
        """Leases up to `limit` due emails to the caller, without providers in cool-down. `attempts` is the fencing
        token: only a caller with the current value may mark the email."""
        with transaction.atomic():
            server = MailServer.objects.lock(now=now)
            mails = self._next(now, int(min(limit, server.allowed(now))))
            self.filter(id__in=[mail.id for mail in mails]).update(next_attempt_at=until, attempts=F("attempts") + 1)
            server.spend(len(mails), now=now)
        for mail in mails:
            mail.attempts += 1
        return mails

    def _next(self, now: datetime, limit: int) -> list["Mail"]:
        if limit < 1:
            return []
        cooling = list(ProviderCooldown.objects.active(now).values_list("key", flat=True))
        due = self.due(now).exclude(provider__in=cooling).select_for_update(skip_locked=True, of=("self",))
        return list(due.select_related("signature__statement", "invitation__statement")[:limit])


def next_allowed_time(last: Sequence[datetime], now: datetime) -> datetime:
    """Applies the caps. `last` holds the due times of the latest emails, newest first."""
    earliest = [now]
    if last:
        earliest.append(last[0] + MIN_TIME_BETWEEN_EMAILS)
    if len(last) == MAX_EMAILS_PER_DAY:
        earliest.append(last[-1] + DAY)
    return max(earliest)


class Mail(models.Model):
    """One outgoing email in the outbox. The row holds no address, no link and no text."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("link to confirm")
        ALREADY_SIGNED = "already_signed", _("already signed")
        OWN_PAGE = "own_page", _("link to one's own page")
        APPROVED = "approved", _("approved")
        CORRECTION_DECIDED = "correction_decided", _("correction decided")
        UPDATE = "update", _("update")
        REMINDER = "reminder", _("reminder to confirm")
        PROOF_ASKED = "proof_asked", _("asked for proof")
        INVITATION = "invitation", _("invitation")

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Priority(models.IntegerChoices):
        FIRST = 0, _("first")
        LATER = 5, _("later")
        LAST = 9, _("last")

    signature = models.ForeignKey(
        "signatures.Signature", models.CASCADE, null=True, blank=True, related_name="mails", verbose_name=_("signature")
    )
    invitation = models.ForeignKey(
        "signatures.Invitation", models.CASCADE, null=True, blank=True, db_index=False, related_name="mails",
        verbose_name=_("invitation"),
    )  # fmt: skip
    update = models.ForeignKey(
        Update, models.PROTECT, null=True, blank=True, db_index=False, related_name="mails", verbose_name=_("update")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    language = LanguageField(_("language"))
    generation = models.PositiveIntegerField(_("generation"))
    mailbox_digest = models.BinaryField(_("digest of the mailbox"), max_length=32, null=True)
    provider = models.CharField(_("mail provider"), max_length=KEY_LENGTH, blank=True, default="", db_default="")
    priority = models.SmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.LATER)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    due_at = models.DateTimeField(_("due at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    refusals = models.PositiveSmallIntegerField(default=0, db_default=0)  # temporary ones
    last_error = models.CharField(_("last answer of the mail server"), max_length=300, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=100)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = EmailQuerySet.as_manager()

    @one_of(kind=Kind.values, priority=Priority.values, status=Status.values)
    class Meta:
        verbose_name, verbose_name_plural = _("mail"), _("mails")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="one_mail_per_message_id"),
            models.CheckConstraint(condition=~Q(status="sent") | Q(sent_at__isnull=False), name="sent_has_its_moment"),
            models.UniqueConstraint(
                fields=["update", "signature"],
                condition=Q(update__isnull=False),
                name="an_update_is_mailed_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="update", update__isnull=False) | (~Q(kind="update") & Q(update__isnull=True)),
                name="an_update_is_mailed_as_one",
            ),
            models.UniqueConstraint(
                fields=["invitation", "generation"],
                condition=Q(invitation__isnull=False),
                name="an_invitation_is_mailed_once_and_again",
            ),
            models.CheckConstraint(
                condition=Q(kind="invitation", invitation__isnull=False, signature__isnull=True)
                | (~Q(kind="invitation") & Q(invitation__isnull=True, signature__isnull=False)),
                name="a_mail_is_to_a_signer_or_an_invited",
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "next_attempt_at", "id"], name="mails_due", condition=Q(status="queued")),
            models.Index(fields=["mailbox_digest", "-due_at"], name="mails_of_a_mailbox"),
            models.Index(fields=["sent_at"], name="reminders_sent", condition=Q(kind="reminder")),
            models.Index(fields=["kind"], name="mails_failed", condition=Q(status="failed")),
            models.Index(
                fields=["due_at"],
                name="mails_to_forget",
                condition=~Q(status="queued") & (Q(mailbox_digest__isnull=False) | ~Q(last_error="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_status_display()})"

    @property
    def signer(self) -> Any:
        """The signature that the email is about. An invitation has none: ValueError."""
        if self.signature is None:
            raise ValueError("a mail to nobody who has signed")
        return self.signature

    @property
    def addressee(self) -> Any:
        return self.invitation or self.signer

    @property
    def recipient(self) -> str:
        return self.addressee.address

    def token(self, purpose: tokens.Purpose) -> str:
        """Returns the same token at every attempt; for an invitation, the token that admin shows."""
        if self.invitation is not None:
            return self.invitation.token(purpose)
        return tokens.make(purpose, subject_id=self.signer.pk, generation=self.generation, issued_at=self.created_at)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def cover(self, digests: Sequence[bytes]) -> bool:
        return self.filter(mailbox_digest__in=digests).exists()

    def among(self, digests: Iterable[bytes]) -> set[bytes]:
        """Returns those of `digests` that are suppressed."""
        suppressed = self.filter(mailbox_digest__in=set(digests)).values_list("mailbox_digest", flat=True)
        return {bytes(digest) for digest in suppressed}

    def owners(self, digests: Mapping[int, Collection[bytes]]) -> set[int]:
        """Returns the ids of owners with a suppressed mailbox, under any digest key."""
        suppressed = self.among(digest for of_one in digests.values() for digest in of_one)
        return {owner for owner, of_one in digests.items() if suppressed.intersection(of_one)}

    def suppress(self, owner: Addressee, reason: "Suppression.Reason", *, now: datetime) -> None:
        """Suppresses the mailbox that `owner` had when it was read."""
        self.get_or_create(
            mailbox_digest=bytes(owner.mailbox_digest or b""),
            defaults={"digest_key": owner.digest_key, "reason": reason, "created_at": now},
        )


class Suppression(models.Model):
    """A mailbox that gets no email, because its owner refused it or its server rejected it permanently."""

    class Reason(models.TextChoices):
        NOT_ME = "not_me", _("its owner said: not me")
        NO_MAIL = "no_mail", _("its owner wants no more mail")
        REFUSED = "refused", _("its server refuses mail for it")
        BOUNCED = "bounced", _("mail to it came back")
        COMPLAINED = "complained", _("its owner called our mail spam")

    mailbox_digest = models.BinaryField(_("digest of the mailbox"), max_length=32, unique=True)
    digest_key = models.CharField(_("key of the digest"), max_length=8, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    created_at = models.DateTimeField(_("created at"))

    objects = SuppressionQuerySet.as_manager()

    @one_of(reason=Reason.values)
    class Meta:
        verbose_name, verbose_name_plural = _("suppressed mailbox"), _("suppressed mailboxes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return bytes(self.mailbox_digest).hex()[:12]

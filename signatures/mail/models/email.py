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
    """Until the end of the transaction, nobody else decides about this mailbox. In order, so that two never wait for
    each other while keys rotate."""
    with connection.cursor() as cursor:
        for digest in sorted(digests):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(digest)])


def try_lock_mailboxes(digests: Collection[bytes]) -> set[bytes]:
    """The same without waiting, for whoever holds the rows already; leaves out those that somebody decides about."""
    numbers = {digest: lock_number(digest) for digest in digests}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, pg_try_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number",
            [sorted(set(numbers.values()))],
        )
        got = dict(cursor.fetchall())
    return {digest for digest, number in numbers.items() if got[number]}


def lock_number(digest: bytes) -> int:
    return int.from_bytes(digest[:8], signed=True)


MARK_SENT_SQL = """
    UPDATE signatures_mail SET status = 'sent', sent_at = %s, last_error = ''
    WHERE id = %s AND attempts = %s AND status = 'queued'
"""


class EmailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> "EmailQuerySet":
        """What may go out, confirmations first."""
        due = self.filter(status=Mail.Status.QUEUED, next_attempt_at__lte=now).not_paused()
        return due.order_by("priority", "next_attempt_at", "id")

    def not_paused(self) -> "EmailQuerySet":
        """Without what organisers let wait, of one statement or all. Asked first, so that nothing is joined while no
        mail is paused."""
        paused = list(Switch.objects.filter(name=Switch.Name.PAUSE_MAIL).values_list("statement", flat=True))
        if None in paused:
            return self.none()
        if not paused:
            return self
        return self.exclude(signature__statement__in=paused).exclude(invitation__statement__in=paused)

    def next_allowed_at(self, digests: Sequence[bytes], now: datetime) -> datetime:
        """The first moment at which the caps let one more mail go to a mailbox: `now`, or later.

        Call it under `lock_mailbox`: without the lock, 32 requests at once put 29 mails under a cap of 5.
        """
        last = self.filter(mailbox_digest__in=digests).order_by("-due_at").values_list("due_at", flat=True)
        return next_allowed_time(list(last[:MAX_EMAILS_PER_DAY]), now)

    def next_allowed_at_each(self, digests: Mapping[int, Sequence[bytes]], now: datetime) -> dict[int, datetime]:
        """The same for many at once, in one query: by the key under which each has its digests."""
        owners = {digest: key for key, known in digests.items() for digest in known}
        last: dict[int, list[datetime]] = {key: [] for key in digests}
        lately = self.filter(mailbox_digest__in=list(owners), due_at__gt=now - DAY).order_by("-due_at")
        for digest, due_at in lately.values_list("mailbox_digest", "due_at"):
            last[owners[bytes(digest)]].append(due_at)
        return {key: next_allowed_time(moments[:MAX_EMAILS_PER_DAY], now) for key, moments in last.items()}

    def finished(self) -> "EmailQuerySet":
        return self.exclude(status=Mail.Status.QUEUED)

    def clear_recipients(self) -> None:
        self.update(mailbox_digest=None, provider="")

    def let_go(self) -> None:
        """Nothing here says any longer where these mails went, and those that wait go nowhere."""
        self.clear_recipients()
        self.update(last_error="")
        self.filter(status=Mail.Status.QUEUED).update(status=Mail.Status.CANCELLED)

    def note_sent(self, mail: "Mail", *, at: datetime) -> None:
        """If the claim is still the caller's. Once for each mail, and so without the ORM."""
        with connection.cursor() as cursor:
            cursor.execute(MARK_SENT_SQL, [at, mail.id, mail.attempts])

    def claim(self, *, now: datetime, until: datetime, many: int) -> list["Mail"]:
        """Leases up to `many` due mails to the caller, passing over providers in cool-down. `attempts` is the fence:
        only its holder may mark the mail."""
        with transaction.atomic():
            server = MailServer.objects.lock(now=now)
            mails = self._next(now, int(min(many, server.allowed(now))))
            self.filter(id__in=[mail.id for mail in mails]).update(next_attempt_at=until, attempts=F("attempts") + 1)
            server.spend(len(mails), now=now)
        for mail in mails:
            mail.attempts += 1
        return mails

    def _next(self, now: datetime, many: int) -> list["Mail"]:
        if many < 1:
            return []
        cooling = list(ProviderCooldown.objects.active(now).values_list("key", flat=True))
        due = self.due(now).exclude(provider__in=cooling).select_for_update(skip_locked=True, of=("self",))
        return list(due.select_related("signature__statement", "invitation__statement")[:many])


def next_allowed_time(last: Sequence[datetime], now: datetime) -> datetime:
    """`last` are the moments of the latest mails, the latest first."""
    earliest = [now]
    if last:
        earliest.append(last[0] + MIN_TIME_BETWEEN_EMAILS)
    if len(last) == MAX_EMAILS_PER_DAY:
        earliest.append(last[-1] + DAY)
    return max(earliest)


class Mail(models.Model):
    """One outgoing e-mail: a row before it is a message. It holds no address, no link and no text."""

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
    refusals = models.PositiveSmallIntegerField(default=0, db_default=0)  # for the moment
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
        """Of every mail but an invitation."""
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
        """The same at every try; of an invitation, as its row at the desk shows it."""
        if self.invitation is not None:
            return self.invitation.token(purpose)
        return tokens.make(purpose, subject_id=self.signer.pk, generation=self.generation, issued_at=self.created_at)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def cover(self, digests: Sequence[bytes]) -> bool:
        return self.filter(mailbox_digest__in=digests).exists()

    def among(self, digests: Iterable[bytes]) -> set[bytes]:
        """Those of `digests` that are suppressed."""
        found = self.filter(mailbox_digest__in=set(digests)).values_list("mailbox_digest", flat=True)
        return {bytes(digest) for digest in found}

    def owners(self, digests: Mapping[int, Collection[bytes]]) -> set[int]:
        """The ids whose mailbox is suppressed, under whichever key that was noted."""
        suppressed = self.among(digest for known in digests.values() for digest in known)
        return {owner for owner, known in digests.items() if suppressed.intersection(known)}

    def suppress(self, owner: Addressee, reason: "Suppression.Reason", *, now: datetime) -> None:
        """The mailbox of `owner`, as it was when that was read."""
        self.get_or_create(
            mailbox_digest=bytes(owner.mailbox_digest or b""),
            defaults={"digest_key": owner.digest_key, "reason": reason, "created_at": now},
        )


class Suppression(models.Model):
    """A mailbox that gets no mail: its owner said so, or its server refused it for good."""

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

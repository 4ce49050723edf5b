"""The mailer: claim, commit, send over one connection, mark. Safe to run many times at once, and to kill."""

import logging
import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import prefetch_related_objects

from signatures.identity import mail_provider
from signatures.mail.batch_render import BatchRenderer
from signatures.mail.limits import SLOW_REPLY
from signatures.mail.messages import build_message
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from signatures.mail.smtp_backend import EmailBackend
from signatures.mail.smtp_replies import Answer
from signatures.web.models import Measurement
from signatures.web.time_boxed import Clock

logger = logging.getLogger(__name__)

BATCH = 50
BATCHES_PER_CONNECTION = 2  # many a mail server ends it after a hundred
LEASE = timedelta(seconds=90)
RUN = timedelta(seconds=30)  # then the next task goes on; well under the task's own time limit and the lease
GIVE_UP_AFTER = timedelta(hours=48)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
SERVER_PAUSE = timedelta(seconds=15)

EMAILS_FIGURE, OTHERS = "mails", "other"  # what became of each try, by the large providers' names


class MailServerUnavailable(Exception):
    """The mail server itself is away or unwilling: no mail's fault, and no use in trying the next one now."""


@dataclass
class DeliveryCounts:
    sent: int = 0
    failed: int = 0
    deferred: int = 0
    cancelled: int = 0


def deliver(*, clock: Clock) -> DeliveryCounts:
    """Sends what is due until nothing is, the run's time is up, or the mail server gives trouble."""
    run = Run(clock)
    try:
        run.send_all()
    except MailServerUnavailable as trouble:
        logger.warning("the mail server gives trouble, mail waits: %s", trouble)
    finally:
        run.hang_up()
    return run.done


class Run:
    """One connection at a time, and which providers accepted or refused mail over it."""

    def __init__(self, clock: Clock):
        self.clock, self.stop_at = clock, clock() + RUN
        self.connection: BaseEmailBackend = get_connection()
        self.done = DeliveryCounts()
        self.accepted: set[str] = set()  # providers, since the last report
        self.results: Counter[str] = Counter()
        self.refused: set[str] = set()  # providers, in this batch
        self.lost_the_line = False

    @property
    def is_over(self) -> bool:
        return self.clock() >= self.stop_at

    def send_all(self) -> None:
        batches = 0
        while not self.is_over and (mails := self._claim()):
            if batches and batches % BATCHES_PER_CONNECTION == 0:
                self.hang_up()
            self._send_batch(mails)
            batches += 1

    def hang_up(self) -> None:
        """A mail is accepted when its last dot was answered; what happens at QUIT is nobody's news."""
        try:
            self.connection.close()
        except (SMTPException, OSError):
            logger.info("the mail server hung up without a word")

    def _claim(self) -> list[Mail]:
        mails = Mail.objects.claim(now=self.clock(), until=self.clock() + LEASE, many=BATCH)
        prefetch_related_objects(
            mails, "signature__statement__translations", "invitation__statement__translations", "update__translations"
        )
        return mails

    def _send_batch(self, mails: list[Mail]) -> None:
        suppressed = Suppression.objects.owners({mail.id: mail.addressee.digests() for mail in mails})
        waiting, merge = list(mails), BatchRenderer()
        self.refused.clear()  # from now on, the claim passes over them
        try:
            while waiting and not self.is_over:
                mail = waiting.pop(0)
                if mail.id in suppressed or _is_obsolete(mail, self.clock()):
                    self._mark_cancelled(mail)
                elif mail.provider in self.refused:
                    _release_claim(mail, self.clock())
                else:
                    self._send(mail, merge)
            for mail in waiting:
                _release_claim(mail, self.clock())
        except MailServerUnavailable as trouble:
            MailServer.objects.pause(until=self.clock() + SERVER_PAUSE)
            for mail in waiting:
                self._wait(mail, str(trouble))
            raise
        finally:
            self._report()

    def _send(self, mail: Mail, merge: BatchRenderer) -> None:
        letter = self._make(mail, merge)
        if letter is None:
            return
        self._open(mail)
        began = self.clock()
        try:
            self._transmit(mail, letter)
        except ValueError as error:  # an address or header that cannot be written
            self._retry_later(mail, f"cannot be made: {type(error).__name__}")
        except (SMTPException, OSError) as error:
            self._heed(mail, Answer.of(error))
        else:
            self._note_sent(mail, took=self.clock() - began)

    def _make(self, mail: Mail, merge: BatchRenderer) -> EmailMultiAlternatives | bytes | None:
        """As bytes where it is one of many alike and goes straight to an SMTP server."""
        try:
            letter = merge.letter(mail) if isinstance(self.connection, EmailBackend) else None
            return letter or build_message(mail)
        except Exception as error:  # one mail that cannot be made must not hold up the others
            logger.exception("mail %s cannot be made", mail.id)
            self._retry_later(mail, f"cannot be made: {type(error).__name__}")
            return None

    def _transmit(self, mail: Mail, letter: EmailMultiAlternatives | bytes) -> None:
        if isinstance(letter, bytes) and isinstance(self.connection, EmailBackend):
            self.connection.send_bytes(mail.recipient, letter)
        else:
            self.connection.send_messages([letter])  # type: ignore[list-item]

    def _open(self, mail: Mail) -> None:
        try:
            self.connection.open()
        except (SMTPException, OSError) as error:
            self._wait(mail, type(error).__name__)
            raise MailServerUnavailable(type(error).__name__) from error

    def _note_sent(self, mail: Mail, *, took: timedelta) -> None:
        Mail.objects.note_sent(mail, at=self.clock())
        if mail.invitation:
            mail.invitation.mark_sent(self.clock())
        self._count(mail, "sent")
        self.lost_the_line = False
        self.accepted.add(mail.provider)
        if took >= SLOW_REPLY:  # its time is the time of all others
            self._cool_down(mail)

    def _heed(self, mail: Mail, answer: Answer) -> None:
        if answer.is_session_error:
            self._wait(mail, answer.words)
            raise MailServerUnavailable(answer.words)
        if answer.is_final:
            self._fail(mail, answer)
            return
        self._retry_later(mail, answer.words)
        if answer.starts_a_cooldown:
            self._cool_down(mail)
        if answer.closes_connection:
            self._reconnect_or_stop(answer)

    def _reconnect_or_stop(self, answer: Answer) -> None:
        """A provider may answer so through the mail server. The second time in a row, it is the mail server itself."""
        self.hang_up()
        if self.lost_the_line:
            raise MailServerUnavailable(answer.words)
        self.lost_the_line = True

    def _cool_down(self, mail: Mail) -> None:
        """If the provider took mail before in this run, this is its first refusal in succession."""
        now = self.clock()
        self.refused.add(mail.provider)
        ProviderCooldown.objects.accepted(self.accepted & {mail.provider}, now=now)
        self.accepted.discard(mail.provider)
        ProviderCooldown.objects.refused(mail.provider, now=now)

    def _fail(self, mail: Mail, answer: Answer) -> None:
        _save_if_claimed(mail, status=Mail.Status.FAILED, last_error=answer.words)
        self._count(mail, "failed")
        if answer.is_recipient_error:
            Suppression.objects.suppress(mail.addressee, Suppression.Reason.REFUSED, now=self.clock())

    def _mark_cancelled(self, mail: Mail) -> None:
        _save_if_claimed(mail, status=Mail.Status.CANCELLED)
        self._count(mail, "cancelled")

    def _retry_later(self, mail: Mail, why: str) -> None:
        """The mail's own trouble: its pauses grow, and end after two days."""
        now = self.clock()
        if now - mail.created_at > GIVE_UP_AFTER:
            _save_if_claimed(mail, status=Mail.Status.FAILED, last_error=why)
            self._count(mail, "failed")
        else:
            pause = min(FIRST_PAUSE * 2 ** min(mail.refusals, 10), LONGEST_PAUSE)
            _save_if_claimed(mail, next_attempt_at=now + _jittered(pause), last_error=why, refusals=mail.refusals + 1)
            self._count(mail, "put_off")

    def _wait(self, mail: Mail, why: str) -> None:
        """Not the mail's own trouble."""
        _save_if_claimed(mail, next_attempt_at=self.clock() + _jittered(SERVER_PAUSE), last_error=why)
        self._count(mail, "put_off")

    def _count(self, mail: Mail, result: str) -> None:
        setattr(self.done, result, getattr(self.done, result) + 1)
        self.results[f"{mail_provider.provider_name(mail.provider) or OTHERS}:{result}"] += 1

    def _report(self) -> None:
        """What was learnt since the last time. Of a sender that is killed some is missing, and nobody relies on it."""
        now = self.clock()
        ProviderCooldown.objects.accepted(self.accepted, now=now)
        Measurement.objects.add(EMAILS_FIGURE, self.results, now=now)
        self.accepted.clear()
        self.results.clear()


def _release_claim(mail: Mail, now: datetime) -> None:
    _save_if_claimed(mail, next_attempt_at=now)


def _save_if_claimed(mail: Mail, **values) -> None:
    """Only while the lease is still ours: `attempts` rose if somebody else has claimed the mail since."""
    Mail.objects.filter(id=mail.id, attempts=mail.attempts, status=Mail.Status.QUEUED).update(**values)


def _is_obsolete(mail: Mail, now: datetime) -> bool:
    """Its signer is erased, or their mailbox alone; or what it says is no longer true: a newer link is on its way."""
    if mail.invitation is not None:
        return mail.invitation.mailbox is None or not mail.invitation.is_usable(now)
    signature = mail.signer
    if signature.mailbox is None:
        return True
    if mail.kind in (Mail.Kind.CONFIRM, Mail.Kind.REMINDER):
        return not signature.is_pending or signature.generation != mail.generation
    if mail.kind == Mail.Kind.APPROVED:
        return not signature.counted
    if mail.update is not None:
        return not (signature.counted and signature.updates and mail.update.is_published(now))
    if mail.kind == Mail.Kind.PROOF_ASKED:
        return not signature.is_awaiting_review
    return False


def _jittered(pause: timedelta) -> timedelta:
    return pause * random.uniform(0.5, 1.5)  # noqa: S311

"""Sends due emails: claims a batch, commits, sends over one connection, marks each. Several may run at once, and a
killed run loses nothing."""

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
from signatures.mail.smtp_replies import SmtpReply
from signatures.web.models import Measurement
from signatures.web.time_boxed import Clock

logger = logging.getLogger(__name__)

BATCH = 50
BATCHES_PER_CONNECTION = 2  # many mail servers close a connection after 100 emails
LEASE = timedelta(seconds=90)
MAX_RUN_TIME = timedelta(seconds=30)  # less than the lease and the task's time limit; the next task continues
GIVE_UP_AFTER = timedelta(hours=48)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
SERVER_PAUSE = timedelta(seconds=15)

EMAILS_FIGURE, OTHER_PROVIDERS = "mails", "other"  # a Measurement of results by provider; the name of small ones
METRIC_RESULTS = {"deferred": "put_off"}  # the name of a result in metrics, where it differs


class MailServerUnavailable(Exception):
    """The mail server itself is down or refuses the session, so no other email can be sent now."""


@dataclass
class DeliveryCounts:
    sent: int = 0
    failed: int = 0
    deferred: int = 0
    cancelled: int = 0


def send_emails(*, clock: Clock) -> DeliveryCounts:
    """Sends due emails until none is left, the time of the run is over, or the mail server fails."""
    run = Run(clock)
    try:
        run.send_all()
    except MailServerUnavailable as error:
        logger.warning("the mail server gives trouble, mail waits: %s", error)
    finally:
        run.disconnect()
    return run.done


class Run:
    """Sends over one connection at a time, and tracks which providers accepted or refused email."""

    def __init__(self, clock: Clock):
        self.clock, self.stop_at = clock, clock() + MAX_RUN_TIME
        self.connection: BaseEmailBackend = get_connection()
        self.done = DeliveryCounts()
        self.accepted: set[str] = set()  # providers since the last call of _save_figures
        self.results: Counter[str] = Counter()
        self.refused: set[str] = set()  # providers in this batch
        self.has_lost_connection = False

    @property
    def is_over(self) -> bool:
        return self.clock() >= self.stop_at

    def send_all(self) -> None:
        batches = 0
        while not self.is_over and (mails := self._claim()):
            if batches and batches % BATCHES_PER_CONNECTION == 0:
                self.disconnect()
            self._send_batch(mails)
            batches += 1

    def disconnect(self) -> None:
        """Errors while closing are ignored: the server has already accepted the emails."""
        try:
            self.connection.close()
        except (SMTPException, OSError):
            logger.info("the mail server hung up without a word")

    def _claim(self) -> list[Mail]:
        mails = Mail.objects.claim(now=self.clock(), until=self.clock() + LEASE, limit=BATCH)
        prefetch_related_objects(
            mails, "signature__statement__translations", "invitation__statement__translations", "update__translations"
        )
        return mails

    def _send_batch(self, mails: list[Mail]) -> None:
        suppressed = Suppression.objects.owners({mail.id: mail.addressee.digests() for mail in mails})
        waiting, renderer = list(mails), BatchRenderer()
        self.refused.clear()  # their cool-down is stored, so that a claim skips them
        try:
            while waiting and not self.is_over:
                mail = waiting.pop(0)
                if mail.id in suppressed or _is_obsolete(mail, self.clock()):
                    self._mark_cancelled(mail)
                elif mail.provider in self.refused:
                    _release_claim(mail, self.clock())
                else:
                    self._send(mail, renderer)
            for mail in waiting:
                _release_claim(mail, self.clock())
        except MailServerUnavailable as error:
            MailServer.objects.pause(until=self.clock() + SERVER_PAUSE)
            for mail in waiting:
                self._wait(mail, str(error))
            raise
        finally:
            self._save_figures()

    def _send(self, mail: Mail, renderer: BatchRenderer) -> None:
        message = self._render(mail, renderer)
        if message is None:
            return
        self._open(mail)
        began = self.clock()
        try:
            self._transmit(mail, message)
        except ValueError as error:  # an address or header that cannot be written
            self._retry_later(mail, f"cannot be made: {type(error).__name__}")
        except (SMTPException, OSError) as error:
            self._process_reply(mail, SmtpReply.from_error(error))
        else:
            self._note_sent(mail, took=self.clock() - began)

    def _render(self, mail: Mail, renderer: BatchRenderer) -> EmailMultiAlternatives | bytes | None:
        """Returns bytes if a batch template rendered it for an SMTP server, and None if it cannot be rendered."""
        try:
            content = renderer.render(mail) if isinstance(self.connection, EmailBackend) else None
            return content or build_message(mail)
        except Exception as error:  # one email that cannot be rendered must not stop the others
            logger.exception("mail %s cannot be made", mail.id)
            self._retry_later(mail, f"cannot be made: {type(error).__name__}")
            return None

    def _transmit(self, mail: Mail, message: EmailMultiAlternatives | bytes) -> None:
        if isinstance(message, bytes) and isinstance(self.connection, EmailBackend):
            self.connection.send_bytes(mail.recipient, message)
        else:
            self.connection.send_messages([message])  # type: ignore[list-item]

    def _open(self, mail: Mail) -> None:
        try:
            self.connection.open()
        except (SMTPException, OSError) as error:
            self._wait(mail, type(error).__name__)
            raise MailServerUnavailable(type(error).__name__) from error

    def _note_sent(self, mail: Mail, *, took: timedelta) -> None:
        Mail.objects.mark_sent(mail, at=self.clock())
        if mail.invitation:
            mail.invitation.mark_sent(self.clock())
        self._count_result(mail, "sent")
        self.has_lost_connection = False
        self.accepted.add(mail.provider)
        if took >= SLOW_REPLY:  # a slow provider delays the emails to all others
            self._cool_down(mail)

    def _process_reply(self, mail: Mail, reply: SmtpReply) -> None:
        if reply.is_session_error:
            self._wait(mail, reply.reply_text)
            raise MailServerUnavailable(reply.reply_text)
        if reply.is_final:
            self._fail(mail, reply)
            return
        self._retry_later(mail, reply.reply_text)
        if reply.starts_a_cooldown:
            self._cool_down(mail)
        if reply.closes_connection:
            self._reconnect_or_stop(reply)

    def _reconnect_or_stop(self, reply: SmtpReply) -> None:
        """The mail server may pass on such a reply from a provider. Twice in a row, it comes from the mail server
        itself."""
        self.disconnect()
        if self.has_lost_connection:
            raise MailServerUnavailable(reply.reply_text)
        self.has_lost_connection = True

    def _cool_down(self, mail: Mail) -> None:
        """Starts a cool-down. If the provider accepted email earlier in this run, this is the first refusal in
        succession."""
        now = self.clock()
        self.refused.add(mail.provider)
        ProviderCooldown.objects.accepted(self.accepted & {mail.provider}, now=now)
        self.accepted.discard(mail.provider)
        ProviderCooldown.objects.refused(mail.provider, now=now)

    def _fail(self, mail: Mail, reply: SmtpReply) -> None:
        _save_if_claimed(mail, status=Mail.Status.FAILED, last_error=reply.reply_text)
        self._count_result(mail, "failed")
        if reply.is_recipient_error:
            Suppression.objects.suppress(mail.addressee, Suppression.Reason.REFUSED, now=self.clock())

    def _mark_cancelled(self, mail: Mail) -> None:
        _save_if_claimed(mail, status=Mail.Status.CANCELLED)
        self._count_result(mail, "cancelled")

    def _retry_later(self, mail: Mail, reason: str) -> None:
        """For an error of this email or its provider: pauses grow, and the email fails after GIVE_UP_AFTER."""
        now = self.clock()
        if now - mail.created_at > GIVE_UP_AFTER:
            _save_if_claimed(mail, status=Mail.Status.FAILED, last_error=reason)
            self._count_result(mail, "failed")
        else:
            pause = min(FIRST_PAUSE * 2 ** min(mail.refusals, 10), LONGEST_PAUSE)
            _save_if_claimed(
                mail, next_attempt_at=now + _jittered(pause), last_error=reason, refusals=mail.refusals + 1
            )
            self._count_result(mail, "deferred")

    def _wait(self, mail: Mail, reason: str) -> None:
        """For an error of the mail server: a short pause, which does not count as a refusal of this email."""
        _save_if_claimed(mail, next_attempt_at=self.clock() + _jittered(SERVER_PAUSE), last_error=reason)
        self._count_result(mail, "deferred")

    def _count_result(self, mail: Mail, result: str) -> None:
        setattr(self.done, result, getattr(self.done, result) + 1)
        provider = mail_provider.provider_name(mail.provider) or OTHER_PROVIDERS
        self.results[f"{provider}:{METRIC_RESULTS.get(result, result)}"] += 1

    def _save_figures(self) -> None:
        """Adds the results of this run to the stored figures. A killed run loses some; no other code relies on them."""
        now = self.clock()
        ProviderCooldown.objects.accepted(self.accepted, now=now)
        Measurement.objects.add(EMAILS_FIGURE, self.results, now=now)
        self.accepted.clear()
        self.results.clear()


def _release_claim(mail: Mail, now: datetime) -> None:
    _save_if_claimed(mail, next_attempt_at=now)


def _save_if_claimed(mail: Mail, **values) -> None:
    """Saves only while this run holds the lease: `attempts` is higher if another run has claimed the email since."""
    Mail.objects.filter(id=mail.id, attempts=mail.attempts, status=Mail.Status.QUEUED).update(**values)


def _is_obsolete(mail: Mail, now: datetime) -> bool:
    """Tells whether the email must not go out: the mailbox is erased, or the text of the email is no longer true."""
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

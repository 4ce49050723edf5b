"""The mailer: claim, commit, send over one connection, mark. Safe to run many times at once, and to kill."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import prefetch_related_objects

from signatures.mails import build
from signatures.models import Mail, Signature, Suppression

logger = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(seconds=90)
RUN = timedelta(seconds=30)  # then the next task goes on; well under the task's own time limit and the lease
GIVE_UP_AFTER = timedelta(hours=48)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
TROUBLE_PAUSE = timedelta(seconds=15)


class Trouble(Exception):
    """The mail server itself is away or unwilling: no mail's fault, and no use in trying the next one now."""


@dataclass
class Delivery:
    sent: int = 0
    failed: int = 0
    put_off: int = 0
    cancelled: int = 0


def deliver(*, clock: Callable[[], datetime]) -> Delivery:
    """Sends what is due until nothing is, the run's time is up, or the mail server gives trouble."""
    done, stop_at = Delivery(), clock() + RUN
    connection = get_connection()
    try:
        while clock() < stop_at and (mails := Mail.objects.claim(now=clock(), until=clock() + LEASE, many=BATCH)):
            _send_batch(mails, connection, done, clock)
    except Trouble as trouble:
        logger.warning("the mail server gives trouble, mail waits: %s", trouble)
    finally:
        _close(connection)
    return done


def _send_batch(mails: list[Mail], connection: BaseEmailBackend, done: Delivery, clock: Callable[[], datetime]) -> None:
    prefetch_related_objects(mails, "signature__statement__translations")
    suppressed = _suppressed_among(mails)
    for at, mail in enumerate(mails):
        try:
            _send(mail, connection, done, clock, is_suppressed=mail.id in suppressed)
        except Trouble as trouble:
            for waiting in mails[at:]:
                _put_off(waiting, str(trouble), clock() + _jittered(TROUBLE_PAUSE))
            done.put_off += len(mails) - at
            raise


def _send(
    mail: Mail,
    connection: BaseEmailBackend,
    done: Delivery,
    clock: Callable[[], datetime],
    *,
    is_suppressed: bool,
) -> None:
    if is_suppressed or _is_pointless(mail):
        _mark(mail, status=Mail.Status.CANCELLED)
        done.cancelled += 1
        return
    try:
        message = build(mail)
    except Exception as error:  # one mail that cannot be made must not hold up the others
        logger.exception("mail %s cannot be made", mail.id)
        _fail_later(mail, f"cannot be made: {type(error).__name__}", done, clock())
        return
    try:
        connection.open()
        connection.send_messages([message])
    except ValueError as error:  # an address or header that cannot be written
        _fail_later(mail, f"cannot be made: {type(error).__name__}", done, clock())
        return
    except (SMTPException, OSError) as error:
        _refused(mail, error, connection, done, clock())
        return
    _mark(mail, status=Mail.Status.SENT, sent_at=clock(), last_error="")
    done.sent += 1


def _refused(
    mail: Mail, error: SMTPException | OSError, connection: BaseEmailBackend, done: Delivery, now: datetime
) -> None:
    code, answer = _answer(error)
    if code is None or code == 421 or isinstance(error, SMTPSenderRefused):
        _close(connection)
        raise Trouble(answer)
    if code >= 500:
        _mark(mail, status=Mail.Status.FAILED, last_error=answer)
        done.failed += 1
        if isinstance(error, SMTPRecipientsRefused):
            Suppression.objects.suppress(mail.signature, Suppression.Reason.REFUSED, now=now)
        return
    _fail_later(mail, answer, done, now)


def _answer(error: SMTPException | OSError) -> tuple[int | None, str]:
    """The server's code, None where it gave none that speaks of this mail, and its words without any address."""
    words: bytes | str
    if isinstance(error, SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, SMTPResponseException) and not _speaks_of_us(error):
        code, words = error.smtp_code, error.smtp_error
    else:
        return None, type(error).__name__
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return code, " ".join(word for word in f"{code} {text}".split() if "@" not in word)[:300]


def _speaks_of_us(error: SMTPResponseException) -> bool:
    """A refused greeting or login is ours to mend; nothing is wrong with the mail."""
    return type(error).__name__ in {"SMTPConnectError", "SMTPHeloError", "SMTPAuthenticationError"}


def _fail_later(mail: Mail, answer: str, done: Delivery, now: datetime) -> None:
    if now - mail.created_at > GIVE_UP_AFTER:
        _mark(mail, status=Mail.Status.FAILED, last_error=answer)
        done.failed += 1
    else:
        pause = min(FIRST_PAUSE * 2 ** min(mail.attempts - 1, 10), LONGEST_PAUSE)
        _put_off(mail, answer, now + _jittered(pause))
        done.put_off += 1


def _put_off(mail: Mail, answer: str, until: datetime) -> None:
    _mark(mail, next_attempt_at=until, last_error=answer)


def _mark(mail: Mail, **values) -> None:
    """Only while the lease is still ours: `attempts` rose if somebody else has claimed the mail since."""
    Mail.objects.filter(id=mail.id, attempts=mail.attempts, status=Mail.Status.QUEUED).update(**values)


def _is_pointless(mail: Mail) -> bool:
    """Its signer is erased, or their mailbox alone; or what it says is no longer true: a newer link is on its way."""
    signature = mail.signature
    if signature.mailbox is None:
        return True
    if mail.kind == Mail.Kind.CONFIRM:
        return signature.state != Signature.State.PENDING or signature.generation != mail.generation
    return False


def _suppressed_among(mails: list[Mail]) -> set[int]:
    """The ids of those whose mailbox is suppressed, under whichever key that was noted."""
    digests = {mail.id: set(mail.signature.digests()) for mail in mails}
    asked = set().union(*digests.values())
    found = Suppression.objects.filter(mailbox_digest__in=asked).values_list("mailbox_digest", flat=True)
    suppressed = {bytes(digest) for digest in found}
    return {mail_id for mail_id, known in digests.items() if known & suppressed}


def _jittered(pause: timedelta) -> timedelta:
    return pause * random.uniform(0.5, 1.5)  # noqa: S311


def _close(connection: BaseEmailBackend) -> None:
    """A mail is accepted when its last dot was answered; what happens at QUIT is nobody's news."""
    try:
        connection.close()
    except (SMTPException, OSError):
        logger.info("the mail server hung up without a word")

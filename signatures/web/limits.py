"""Every limit as a named constant. rate_limits.py counts those on requests.

Limits on requests, per network and per mailbox, are comfort: with the cache away they let everybody through. The caps
on mail to a mailbox are safety: they are counted in PostgreSQL (`Mail.objects.next_allowed_at`), and no setting moves them.
"""

from datetime import timedelta

MIN_TIME_BETWEEN_EMAILS = timedelta(minutes=2)
MAX_EMAILS_PER_DAY = 5
DAY = timedelta(hours=24)
CONFIRMATION_VALID_FOR = timedelta(days=14)
MAX_TEXT_LENGTH = 100_000  # characters of a statement in one language
MAX_UPDATE_LENGTH = 20_000  # characters of an update in one language
PROOF_REQUEST_VALID_FOR = timedelta(days=7)  # then whoever was asked stands in the review queue again
REVIEW_LEASE = timedelta(minutes=10)  # for so long nobody else gets what a moderator looks at
SKIP_PERIOD = timedelta(hours=8)
RETENTION_INTERVAL = timedelta(minutes=10)  # between two runs of the task that deletes expired data
PENDING_RETENTION = timedelta(days=30)  # since its latest mail, whose link has long expired by then
NETWORK_RETENTION = timedelta(days=30)  # where a signature came from, scrambled
EMAIL_DIGEST_RETENTION = timedelta(days=2)  # the caps look back 24 hours
SMTP_REPLY_RETENTION = timedelta(days=30)  # what the mail server said, for the organiser who looks into it

# After a mail provider refuses an email for the moment, nothing goes there for COOLDOWN. Each new refusal doubles it
COOLDOWN, LONGEST_COOLDOWN = timedelta(seconds=15), timedelta(minutes=8)
COOLDOWN_JITTER = 0.2  # of the cool-down, up or down
SLOW_REPLY = timedelta(seconds=5)  # an answer that takes this long starts a cool-down too
KEEP_COOLDOWN = timedelta(days=2)  # since it ended
BUDGET_BURST = timedelta(
    seconds=15
)  # MAILS_PER_MINUTE may be spent this far ahead; the outbox is swept every 10 seconds
DELIVERY_PACK_RETENTION = timedelta(days=30)  # delivery packs, since they were asked for

MAX_IMPORT_BYTES = 25_000_000  # bytes of a file; deploy/nginx.conf lets a little more in
MAX_IMPORT_LINES = 100_000  # lines of people
MAX_COLUMNS = 50
MAX_CELL_LENGTH = 32_767  # characters; no spreadsheet takes more
MAX_UNPACKED_BYTES = 150_000_000  # bytes of what is packed in a workbook
IMPORT_RATE, MAX_IMPORT_RATE = 500, 100_000  # mails an hour; organisers set it
IMPORT_BURST = timedelta(minutes=1)
IMPORT_RETENTION = timedelta(days=30)  # its lines, since it last moved
IMPORT_FILE_RETENTION = timedelta(days=1)  # which is gone once it is read

# How many requests, in how many seconds, of one network. A theatre signs from one address: only a flood is refused.
SIGN_RATE = (600, 60)
RESEND = (60, 60)
CONFIRM = (600, 60)
OWN_PAGE = (120, 60)
CHALLENGE_RATE = (600, 60)
SEARCH = (240, 60)
API = (600, 60)
REPORTS = (30, 60)
LOGIN = (20, 60)  # axes counts wrong passwords by account and network

USUAL = (500, 3600)  # signatures of one network, a theatre full; what comes on top is flagged, and not refused
MAILBOX_RATE = (30, 60)  # requests that name it or carry its link, from wherever they come

"""Defines every limit as a named constant. rate_limits.py counts requests.

Limits on requests, per network and per mailbox, fail open: without the cache they allow everything. The caps on emails
to a mailbox fail closed: PostgreSQL counts them (`Mail.objects.next_allowed_at`), and no setting changes them.
"""

from datetime import timedelta

MIN_TIME_BETWEEN_EMAILS = timedelta(minutes=2)
MAX_EMAILS_PER_DAY = 5
DAY = timedelta(hours=24)
CONFIRMATION_VALID_FOR = timedelta(days=14)
MAX_TEXT_LENGTH = 100_000  # characters of a statement in one language
MAX_UPDATE_LENGTH = 20_000  # characters of an update in one language
PROOF_REQUEST_VALID_FOR = timedelta(days=7)  # then the signature is in the review queue again
REVIEW_LEASE = timedelta(minutes=10)  # nobody else gets the signature that a moderator is reviewing
SKIP_PERIOD = timedelta(hours=8)
PENDING_RETENTION = timedelta(days=30)  # since its latest email, whose link has expired before
NETWORK_RETENTION = timedelta(days=30)  # of the hashed network of a signature
EMAIL_DIGEST_RETENTION = timedelta(days=2)  # the caps look back 24 hours
SMTP_REPLY_RETENTION = timedelta(days=30)  # replies of the mail server, for troubleshooting

# After a mail provider refuses an email temporarily, nothing is sent to it for COOLDOWN. Each new refusal doubles it
COOLDOWN, LONGEST_COOLDOWN = timedelta(seconds=15), timedelta(minutes=8)
COOLDOWN_JITTER = 0.2  # of the cool-down, up or down
SLOW_REPLY = timedelta(seconds=5)  # a reply that takes this long starts a cool-down too
KEEP_COOLDOWN = timedelta(days=2)  # since it ended
# MAILS_PER_MINUTE may be used this far ahead; the outbox is processed every 10 seconds
BUDGET_BURST = timedelta(seconds=15)
DELIVERY_PACK_RETENTION = timedelta(days=30)  # since the delivery pack was requested

MAX_IMPORT_BYTES = 25_000_000  # bytes of a file; deploy/nginx.conf allows a little more
MAX_IMPORT_LINES = 100_000  # lines of people
MAX_COLUMNS = 50
MAX_CELL_LENGTH = 32_767  # characters; no spreadsheet takes more
MAX_UNPACKED_BYTES = 150_000_000  # bytes of an unpacked workbook
IMPORT_RATE, MAX_IMPORT_RATE = 500, 100_000  # mails an hour; organisers set it
IMPORT_BURST = timedelta(minutes=1)
IMPORT_RETENTION = timedelta(days=30)  # of its lines, since its last change
IMPORT_FILE_RETENTION = timedelta(days=1)  # normally deleted as soon as it is read

# Requests and seconds, per network. A whole theatre may sign from one address: only a flood is refused.
SIGN_RATE = (600, 60)
RESEND_RATE = (60, 60)
CONFIRM_RATE = (600, 60)
OWN_PAGE_RATE = (120, 60)
CHALLENGE_RATE = (600, 60)
SEARCH_RATE = (240, 60)
API_RATE = (600, 60)
CSP_REPORT_RATE = (30, 60)
LOGIN_RATE = (20, 60)  # axes counts wrong passwords by account and network

FLAGGED_RATE = (500, 3600)  # signatures of one network, such as a full theatre; more are flagged, not refused
MAILBOX_RATE = (30, 60)  # requests that name a mailbox or carry its link, from any network

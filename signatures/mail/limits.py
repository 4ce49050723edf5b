"""Defines the caps on email to one inbox, and the cool-down of a mail provider.

PostgreSQL counts the caps, so they hold while Redis is away. No setting changes them.
"""

from datetime import timedelta

MIN_TIME_BETWEEN_EMAILS = timedelta(minutes=2)
MAX_EMAILS_PER_DAY = 5
DAY = timedelta(hours=24)
COOLDOWN, LONGEST_COOLDOWN = timedelta(seconds=15), timedelta(minutes=8)
COOLDOWN_JITTER = 0.2  # of the cool-down, up or down
SLOW_REPLY = timedelta(seconds=5)  # an answer that takes this long starts a cool-down too
BUDGET_BURST = timedelta(
    seconds=15
)  # MAILS_PER_MINUTE may be spent this far ahead; the outbox is swept every 10 seconds

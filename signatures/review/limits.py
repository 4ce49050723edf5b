"""How long a moderator keeps a signature on the screen, and a skipped one away."""

from datetime import timedelta

REVIEW_LEASE = timedelta(minutes=10)  # for so long nobody else gets what a moderator looks at
SKIP_PERIOD = timedelta(hours=8)

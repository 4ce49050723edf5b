"""How long personal data is kept where no statement says otherwise."""

from datetime import timedelta

PENDING_RETENTION = timedelta(days=30)  # since its latest mail, whose link has long expired by then
NETWORK_RETENTION = timedelta(days=30)  # where a signature came from, scrambled
EMAIL_DIGEST_RETENTION = timedelta(days=2)  # the caps look back 24 hours
SMTP_REPLY_RETENTION = timedelta(days=30)  # what the mail server said, for the organiser who looks into it
COOLDOWN_RETENTION = timedelta(days=2)  # since it ended
RETENTION_INTERVAL = timedelta(minutes=10)  # between two runs of the task that deletes expired data

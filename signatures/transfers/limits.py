"""Limits of imports and delivery bundles."""

from datetime import timedelta

DELIVERY_PACK_RETENTION = timedelta(days=30)  # delivery packs, since they were asked for
IMPORT_RATE, MAX_IMPORT_RATE = 500, 100_000  # mails an hour; organisers set it
IMPORT_BURST = timedelta(minutes=1)
IMPORT_RETENTION = timedelta(days=30)  # its lines, since it last moved
IMPORT_FILE_RETENTION = timedelta(days=1)  # which is gone once it is read

"""Every task. Celery's autodiscovery imports this module.

A task is thin: it calls one action. Celery retries none: beat runs it again, and the outbox knows what is due.
"""

from signatures.mail import tasks as mail
from signatures.operations import tasks as operations
from signatures.privacy import tasks as privacy
from signatures.public import tasks as public
from signatures.review import tasks as review
from signatures.signing import tasks as signing
from signatures.transfers import tasks as transfers

__all__ = ["mail", "operations", "privacy", "public", "review", "signing", "transfers"]

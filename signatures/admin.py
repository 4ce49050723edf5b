"""Imports every module that registers models in admin. Django's autodiscovery imports this one."""

from signatures.desk.admin import audit_log, signatures, users
from signatures.mail import admin as mail
from signatures.review.admin import canned_replies, protected_names, rules, weights
from signatures.signing.admin import invitations
from signatures.statements.admin import pages, sectors, statements, switches, updates
from signatures.transfers.admin import delivery_bundles, imports

__all__ = [
    "audit_log", "canned_replies", "delivery_bundles", "imports", "invitations", "mail", "pages", "protected_names",
    "rules", "sectors", "signatures", "statements", "switches", "updates", "users", "weights",
]  # fmt: skip

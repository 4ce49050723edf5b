"""Imports every module that registers models in admin. Django's autodiscovery imports this one."""

from signatures.audit import admin as audit
from signatures.desk import admin as desk
from signatures.mail import admin as mail
from signatures.review.admin import canned_replies, protected_names, rules, signatures, weights
from signatures.signing.admin import invitations
from signatures.statements.admin import pages, sectors, statements, switches, updates
from signatures.transfers.admin import delivery_bundles, imports

__all__ = [
    "audit", "canned_replies", "delivery_bundles", "desk", "imports", "invitations", "mail", "pages", "protected_names",
    "rules", "sectors", "signatures", "statements", "switches", "updates", "weights",
]  # fmt: skip

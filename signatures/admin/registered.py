"""Every module that registers models in admin. Django's autodiscovery would look for these imports in the package
itself, which it also imports for the admin site, before there is one to register on."""

from signatures.review.admin import rules, signatures, weights
from signatures.signing.admin import invitations
from signatures.statements.admin import pages, sectors, statements, switches, updates
from signatures.transfers.admin import imports

__all__ = [
    "audit", "imports", "invitations", "mails", "packs", "pages", "people", "phrases", "protected", "rules", "sectors",
    "signatures", "statements", "switches", "updates", "weights",
]  # fmt: skip

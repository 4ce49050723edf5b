"""Imports every model, because Django finds models through this module.

Other code imports a model from the feature that owns it.
"""

from signatures.audit.models import AuditEntry
from signatures.desk.models import Authenticator
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.models.mail_event import MailEvent
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from signatures.public.models.daily_count import Growth
from signatures.public.models.tally import Tally, TallyEntry
from signatures.review.models.batch import BulkDecision, BulkItem
from signatures.review.models.canned_reply import Phrase, PhraseTranslation
from signatures.review.models.identity_check import Check
from signatures.review.models.lease import Lease, Skip
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.rule import Rule, RuleMark
from signatures.review.models.weight import Weight
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.share import Share, ShareEntry
from signatures.signing.models.signature import Signature
from signatures.statements.models.page import Page
from signatures.statements.models.sector import OfferedSector, Sector, SectorTranslation
from signatures.statements.models.share_image import SharePicture
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.statements.models.update import Update, UpdateTranslation
from signatures.statements.models.version import Translation, Version
from signatures.transfers.models.delivery_bundle import DeliveryPack
from signatures.transfers.models.imports import Import, ImportLine
from signatures.web.models import Measurement

__all__ = [
    "AuditEntry",
    "Authenticator",
    "BulkDecision",
    "BulkItem",
    "Check",
    "DeliveryPack",
    "Growth",
    "Import",
    "ImportLine",
    "Invitation",
    "Lease",
    "Mail",
    "MailEvent",
    "MailServer",
    "Measurement",
    "OfferedSector",
    "Page",
    "Phrase",
    "PhraseTranslation",
    "ProtectedName",
    "ProviderCooldown",
    "Rule",
    "RuleMark",
    "Sector",
    "SectorTranslation",
    "Share",
    "ShareEntry",
    "SharePicture",
    "Signature",
    "Skip",
    "Statement",
    "Suppression",
    "Switch",
    "Tally",
    "TallyEntry",
    "Translation",
    "Update",
    "UpdateTranslation",
    "Version",
    "Weight",
]

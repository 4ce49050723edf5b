"""Classifies every stored field by what it says about a person, and states how long it is kept.

A test compares the classes with the models, and the table in docs/privacy.md with this module.
"""

from datetime import timedelta
from enum import StrEnum

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from signatures.privacy.limits import (
    COOLDOWN_RETENTION,
    EMAIL_DIGEST_RETENTION,
    NETWORK_RETENTION,
    PENDING_RETENTION,
    RETENTION_INTERVAL,
    SMTP_REPLY_RETENTION,
)
from signatures.review.limits import SKIP_PERIOD
from signatures.transfers.limits import DELIVERY_PACK_RETENTION, IMPORT_RETENTION
from signatures.web.languages import localized_numbers


class FieldClass(StrEnum):
    MAILBOX = "mailbox"  # encrypted, or a keyed digest; deleted when the signer erases themselves
    SIGNER = "signer"  # what signers said about themselves; deleted when they erase themselves
    NETWORK = "network"  # a keyed hash of the signature's network; deleted when the signer erases themselves
    RECORD = "record"  # what happened to a signature; stays, and says nothing about a person by itself
    STAFF = "staff"  # what an organiser did
    NONE = "none"  # nothing about a person


FIELD_CLASSES: dict[str, dict[FieldClass, str]] = {
    "Signature": {
        FieldClass.MAILBOX: "mailbox mailbox_digest digest_key domain",
        FieldClass.NETWORK: "network",
        FieldClass.SIGNER: "name credit quotation organisation website website_domain officer officer_post logo updates"
        " via came_by search_key sort_key proposed_name proposed_credit"
        " proposed_quotation proposed_website checked_name flags resembles",
        FieldClass.RECORD: "id statement sector version language kind state visibility hidden_at notable checked_how"
        " invitation imported generation proposed_at asked_at created_at confirmed_at erased_at counted listed",
    },
    "Mail": {
        FieldClass.MAILBOX: "mailbox_digest provider",
        FieldClass.SIGNER: "last_error",
        FieldClass.RECORD: "id signature invitation update kind language generation priority status due_at"
        " next_attempt_at attempts refusals message_id created_at sent_at",
    },
    "Share": {FieldClass.RECORD: "id signature code brought"},
    "ShareEntry": {FieldClass.RECORD: "id came_by change"},
    "Suppression": {FieldClass.MAILBOX: "mailbox_digest digest_key", FieldClass.RECORD: "id reason created_at"},
    "MailEvent": {
        FieldClass.MAILBOX: "mailbox_digest digest_key",
        FieldClass.RECORD: "id mark kind received_at heeded_at",
    },
    "ProviderCooldown": {FieldClass.MAILBOX: "key", FieldClass.RECORD: "refusals resume_at"},
    "MailServer": {FieldClass.NONE: "id resume_at allowance allowance_at"},
    "ProtectedName": {
        FieldClass.SIGNER: "name written keys",
        FieldClass.RECORD: "id field source statement signature",
    },
    "Rule": {
        FieldClass.NETWORK: "network",
        FieldClass.STAFF: "domain pattern reason told author actor undo_reason",
        FieldClass.RECORD: "id act statement signed_from signed_until created_at status began_at ended_at from_id"
        " reached_id until_id changed restored left",
    },
    "BulkDecision": {
        FieldClass.STAFF: "about reason author undone_by undo_reason",
        FieldClass.RECORD: "id kind phrase statement created_at many status ended_at",
    },
    "BulkItem": {
        FieldClass.SIGNER: "face flags checked_name",
        FieldClass.RECORD: "id bulk signature outcome confirmed_at asked_at decided_at",
    },
    "RuleMark": {FieldClass.RECORD: "id rule signature state is_restored"},
    "AuditEntry": {
        FieldClass.STAFF: "actor reason told subject before after",
        FieldClass.RECORD: "id action signature statement rule object_type object_id many phrase details created_at",
    },
    "Check": {
        FieldClass.SIGNER: "url",
        FieldClass.STAFF: "made_by seconded_by",
        FieldClass.RECORD: "signature method made_at seconded_at",
    },
    "Invitation": {
        FieldClass.MAILBOX: "mailbox mailbox_digest digest_key",
        FieldClass.SIGNER: "name credit",
        FieldClass.STAFF: "invited_by",
        FieldClass.RECORD: "id statement language created_at expires_at sent_at opened_at revoked_at signature",
    },
    "Import": {
        FieldClass.STAFF: "source name author",
        FieldClass.RECORD: "id statement created_at status file size digest tries problem problem_line columns sector"
        " language visibility pace held_until paced_at reached lines ready bad duplicates known silent brought began_at"
        " moved_at ended_at",
    },
    "ImportLine": {FieldClass.MAILBOX: "sealed mailbox_digest digest_key", FieldClass.RECORD: "id of line state"},
    "DeliveryPack": {
        FieldClass.STAFF: "asked_by",
        FieldClass.RECORD: "id statement asked_at status progress tries begun_at as_of ready_at file digest size",
    },
    "Lease": {FieldClass.STAFF: "holder", FieldClass.RECORD: "signature until"},
    "Skip": {FieldClass.STAFF: "moderator", FieldClass.RECORD: "id signature at"},
    "Phrase": {FieldClass.NONE: "id use text position is_offered"},
    "PhraseTranslation": {FieldClass.NONE: "id phrase language text"},
    "Statement": {
        FieldClass.NONE: "id slug language organiser contact goal opens_at closes_at state is_featured needs_second_yes"
        " proof_above sends_reminders delivered_at keep_mailboxes_for mailboxes_erased_at accent accent_dark logo"
        " logo_width logo_height share_picture names_in_search_engines created_at"
    },
    "Translation": {FieldClass.NONE: "id statement language title addressee version"},
    "Version": {FieldClass.NONE: "id statement language text html digest reason created_at"},
    "Update": {FieldClass.NONE: "id statement number published_at mailing_asked_at mailing_finished_at created_at"},
    "UpdateTranslation": {FieldClass.NONE: "id update language title text html"},
    "Sector": {FieldClass.NONE: "id slug name position"},
    "SectorTranslation": {FieldClass.NONE: "id sector language name"},
    "OfferedSector": {FieldClass.NONE: "id statement sector position"},
    "Switch": {FieldClass.NONE: "id name statement told turned_at"},
    "Weight": {FieldClass.NONE: "id flag weight level"},
    "Tally": {FieldClass.NONE: "id statement sector kind counted listed"},
    "TallyEntry": {FieldClass.NONE: "id statement sector kind counted listed"},
    "Growth": {FieldClass.NONE: "statement days counted_at"},
    "SharePicture": {FieldClass.NONE: "id statement language digest file drawn_at"},
    "Page": {FieldClass.NONE: "id kind language text html changed_at"},
    "Measurement": {FieldClass.NONE: "id name label value at"},
}

# retention.py and the signer's own erasure implement these texts. retention_text() fills in the periods
RETENTION_TEXTS: dict[FieldClass, str] = {
    FieldClass.MAILBOX: _("until its signer erases it"),
    FieldClass.SIGNER: _("until its signer erases it"),
    FieldClass.NETWORK: _("as long as the statement"),
    FieldClass.RECORD: _("as long as the statement"),
    FieldClass.STAFF: _("as long as the statement"),
    FieldClass.NONE: _("as long as the site"),
}
RETENTION_EXCEPTIONS: dict[tuple[str, FieldClass], str] = {
    ("ProtectedName", FieldClass.SIGNER): _("until an organiser deletes it; a notable's, until they erase themselves"),
    ("ProtectedName", FieldClass.RECORD): _("as its name"),
    ("Signature", FieldClass.MAILBOX): _(
        "until its signer erases it; %(pending)s if never confirmed; else until %(delivered)s, or what"
        " the organisers set, after the statement is delivered"
    ),
    ("Signature", FieldClass.NETWORK): _("%(network)s, or until its signer erases it"),
    ("BulkItem", FieldClass.RECORD): _("until its signer erases it"),
    ("RuleMark", FieldClass.RECORD): _("until its signer erases it"),
    ("Signature", FieldClass.SIGNER): _(
        "until its signer erases it; %(pending)s if never confirmed; if withdrawn or rejected, as long as the mailbox"
    ),
    ("Mail", FieldClass.MAILBOX): _("%(email_digest)s from when it was due, once it is sent or given up"),
    ("Mail", FieldClass.SIGNER): _("%(smtp_reply)s from when it was due, once it is given up"),
    ("MailEvent", FieldClass.MAILBOX): _("until the worker has heeded it, within a minute"),
    ("MailEvent", FieldClass.RECORD): "%(smtp_reply)s",
    ("ProviderCooldown", FieldClass.MAILBOX): _("until that provider takes mail again; %(cooldown)s at most"),
    ("ProviderCooldown", FieldClass.RECORD): _("as its key"),
    ("Share", FieldClass.RECORD): _("until its signer erases it"),
    ("ShareEntry", FieldClass.RECORD): _("until the worker has folded it, within seconds"),
    ("Check", FieldClass.SIGNER): _("while its signer is notable"),
    ("Check", FieldClass.STAFF): _("while its signer is notable"),
    ("Check", FieldClass.RECORD): _("while its signer is notable"),
    ("Invitation", FieldClass.MAILBOX): _("until it is used, taken back or over"),
    ("Invitation", FieldClass.SIGNER): _("until an organiser deletes it, or who signed by it erases themselves"),
    ("Invitation", FieldClass.STAFF): _("until an organiser deletes it"),
    ("Invitation", FieldClass.RECORD): _("until an organiser deletes it"),
    ("ImportLine", FieldClass.MAILBOX): _(
        "until its mail is in the outbox; what is left of a file, until %(interval)s after it is stopped, or %(import)s"
        " after it last moved"
    ),
    ("ImportLine", FieldClass.RECORD): _("until %(import)s after the file last moved"),
    ("DeliveryPack", FieldClass.STAFF): _("%(pack)s from when it was asked for"),
    ("DeliveryPack", FieldClass.RECORD): _("as who asked for it; the file, with the names that were public, too"),
    ("Lease", FieldClass.STAFF): _("until it is decided; %(skip)s at most"),
    ("Lease", FieldClass.RECORD): _("as its holder"),
    ("Skip", FieldClass.STAFF): "%(skip)s",
    ("Skip", FieldClass.RECORD): _("as its moderator"),
    ("Suppression", FieldClass.MAILBOX): _("until an organiser deletes it"),
    ("Suppression", FieldClass.RECORD): _("until an organiser deletes it"),
}


def retention_text(model: str, kind: FieldClass) -> str:
    """Says in the current language how long the fields of one class are kept in one model."""
    text = RETENTION_EXCEPTIONS.get((model, kind), RETENTION_TEXTS[kind])
    return gettext(text) % {name: localized_numbers.period(period) for name, period in _periods().items()}


def _periods() -> dict[str, timedelta]:
    days_after_delivery = apps.get_model("signatures", "Statement")._meta.get_field("keep_mailboxes_for").default
    return {
        "cooldown": COOLDOWN_RETENTION,
        "delivered": timedelta(days=days_after_delivery),
        "email_digest": EMAIL_DIGEST_RETENTION,
        "import": IMPORT_RETENTION,
        "interval": RETENTION_INTERVAL,
        "network": NETWORK_RETENTION,
        "pack": DELIVERY_PACK_RETENTION,
        "pending": PENDING_RETENTION,
        "skip": SKIP_PERIOD,
        "smtp_reply": SMTP_REPLY_RETENTION,
    }


def stored_fields() -> dict[str, set[str]]:
    """Returns the columns of each model. Proxy models are left out, because their table belongs to another app."""
    return {
        model.__name__: {field.name for field in model._meta.concrete_fields}
        for model in apps.get_app_config("signatures").get_models()
        if not model._meta.proxy
    }


def classified_fields() -> dict[str, set[str]]:
    return {model: set(" ".join(kinds.values()).split()) for model, kinds in FIELD_CLASSES.items()}

"""What each stored field says about a person, and how long it is kept. A test compares this with the models;
docs/privacy.md shows it."""

from enum import StrEnum

from django.apps import apps
from django.utils.translation import gettext_noop as _


class Kind(StrEnum):
    MAILBOX = "mailbox"  # encrypted, or a keyed digest of it; gone when its signer erases themselves
    SIGNER = "signer"  # what a signer said of themselves; gone when they erase themselves
    NETWORK = "network"  # a keyed hash of the network that it came from; gone when its signer erases themselves
    RECORD = "record"  # what happened to a signature; stays, and says nothing of a person alone
    STAFF = "staff"  # what an organiser did
    NONE = "none"  # nothing about anybody


FIELDS: dict[str, dict[Kind, str]] = {
    "Signature": {
        Kind.MAILBOX: "mailbox mailbox_digest digest_key domain",
        Kind.NETWORK: "network",
        Kind.SIGNER: "name credit quotation organisation website website_domain officer officer_post logo updates via"
        " came_by search_key sort_key proposed_name proposed_credit"
        " proposed_quotation proposed_website checked_name flags resembles",
        Kind.RECORD: "id statement sector version language kind state visibility hidden_at notable checked_how"
        " invitation imported generation proposed_at asked_at created_at confirmed_at erased_at counted listed",
    },
    "Mail": {
        Kind.MAILBOX: "mailbox_digest provider",
        Kind.SIGNER: "last_error",
        Kind.RECORD: "id signature invitation update kind language generation priority status due_at next_attempt_at"
        " attempts refusals message_id created_at sent_at",
    },
    "Share": {Kind.RECORD: "id signature code brought"},
    "ShareEntry": {Kind.RECORD: "id came_by change"},
    "Suppression": {Kind.MAILBOX: "mailbox_digest digest_key", Kind.RECORD: "id reason created_at"},
    "MailEvent": {Kind.MAILBOX: "mailbox_digest digest_key", Kind.RECORD: "id mark kind received_at heeded_at"},
    "ProviderCooldown": {Kind.MAILBOX: "key", Kind.RECORD: "refusals resume_at"},
    "MailServer": {Kind.NONE: "id resume_at allowance allowance_at"},
    "ProtectedName": {
        Kind.SIGNER: "name written keys",
        Kind.RECORD: "id field source statement signature",
    },
    "Rule": {
        Kind.NETWORK: "network",
        Kind.STAFF: "domain pattern reason told author actor undo_reason",
        Kind.RECORD: "id act statement signed_from signed_until created_at status began_at ended_at from_id"
        " reached_id until_id changed restored left",
    },
    "BulkDecision": {
        Kind.STAFF: "about reason author undone_by undo_reason",
        Kind.RECORD: "id kind phrase statement created_at many status ended_at",
    },
    "BulkItem": {
        Kind.SIGNER: "face flags checked_name",
        Kind.RECORD: "id bulk signature outcome confirmed_at asked_at decided_at",
    },
    "RuleMark": {Kind.RECORD: "id rule signature state is_restored"},
    "AuditEntry": {
        Kind.STAFF: "actor reason told subject before after",
        Kind.RECORD: "id action signature statement rule object_type object_id many phrase details created_at",
    },
    "Check": {
        Kind.SIGNER: "url",
        Kind.STAFF: "made_by seconded_by",
        Kind.RECORD: "signature method made_at seconded_at",
    },
    "Invitation": {
        Kind.MAILBOX: "mailbox mailbox_digest digest_key",
        Kind.SIGNER: "name credit",
        Kind.STAFF: "invited_by",
        Kind.RECORD: "id statement language created_at expires_at sent_at opened_at revoked_at signature",
    },
    "Import": {
        Kind.STAFF: "source name author",
        Kind.RECORD: "id statement created_at status file size digest tries problem problem_line columns sector"
        " language visibility pace held_until paced_at reached lines ready bad doubles known silent brought began_at"
        " moved_at ended_at",
    },
    "ImportLine": {Kind.MAILBOX: "sealed mailbox_digest digest_key", Kind.RECORD: "id of line state"},
    "DeliveryPack": {
        Kind.STAFF: "asked_by",
        Kind.RECORD: "id statement asked_at status progress tries begun_at as_of ready_at file digest size",
    },
    "Lease": {Kind.STAFF: "holder", Kind.RECORD: "signature until"},
    "Skip": {Kind.STAFF: "moderator", Kind.RECORD: "id signature at"},
    "Phrase": {Kind.NONE: "id use text position is_offered"},
    "PhraseTranslation": {Kind.NONE: "id phrase language text"},
    "Statement": {
        Kind.NONE: "id slug language organiser contact goal opens_at closes_at state is_featured needs_second_yes"
        " proof_above sends_reminders delivered_at keep_mailboxes_for mailboxes_erased_at accent accent_dark logo"
        " logo_width logo_height share_picture names_in_search_engines created_at"
    },
    "Translation": {Kind.NONE: "id statement language title addressee version"},
    "Version": {Kind.NONE: "id statement language text html digest reason created_at"},
    "Update": {Kind.NONE: "id statement number published_at mailing_asked_at mailing_finished_at created_at"},
    "UpdateTranslation": {Kind.NONE: "id update language title text html"},
    "Sector": {Kind.NONE: "id slug name position"},
    "SectorTranslation": {Kind.NONE: "id sector language name"},
    "OfferedSector": {Kind.NONE: "id statement sector position"},
    "Switch": {Kind.NONE: "id name statement told turned_at"},
    "Weight": {Kind.NONE: "id flag weight level"},
    "Tally": {Kind.NONE: "id statement sector kind counted listed"},
    "TallyEntry": {Kind.NONE: "id statement sector kind counted listed"},
    "Growth": {Kind.NONE: "statement days counted_at"},
    "SharePicture": {Kind.NONE: "id statement language digest file drawn_at"},
    "Page": {Kind.NONE: "id kind language text html changed_at"},
    "Measurement": {Kind.NONE: "id name label value at"},
}

# `actions.forget` and the signer's own erasure do what stands here
RETENTION_TEXTS: dict[Kind, str] = {
    Kind.MAILBOX: _("until its signer erases it"),
    Kind.SIGNER: _("until its signer erases it"),
    Kind.NETWORK: _("as long as the statement"),
    Kind.RECORD: _("as long as the statement"),
    Kind.STAFF: _("as long as the statement"),
    Kind.NONE: _("as long as the site"),
}
RETENTION_EXCEPTIONS: dict[tuple[str, Kind], str] = {
    ("ProtectedName", Kind.SIGNER): _("until an organiser deletes it; a notable's, until they erase themselves"),
    ("ProtectedName", Kind.RECORD): _("as its name"),
    ("Signature", Kind.MAILBOX): _(
        "until its signer erases it; 30 days if never confirmed; else until 365 days, or what"
        " the organisers set, after the statement is delivered"
    ),
    ("Signature", Kind.NETWORK): _("30 days, or until its signer erases it"),
    ("BulkItem", Kind.RECORD): _("until its signer erases it"),
    ("RuleMark", Kind.RECORD): _("until its signer erases it"),
    ("Signature", Kind.SIGNER): _(
        "until its signer erases it; 30 days if never confirmed; if withdrawn or rejected, as long as the mailbox"
    ),
    ("Mail", Kind.MAILBOX): _("2 days from when it was due, once it is sent or given up"),
    ("Mail", Kind.SIGNER): _("30 days from when it was due, once it is given up"),
    ("MailEvent", Kind.MAILBOX): _("until the worker has heeded it, within a minute"),
    ("MailEvent", Kind.RECORD): _("30 days"),
    ("ProviderCooldown", Kind.MAILBOX): _("until that provider takes mail again; 2 days at most"),
    ("ProviderCooldown", Kind.RECORD): _("as its key"),
    ("Share", Kind.RECORD): _("until its signer erases it"),
    ("ShareEntry", Kind.RECORD): _("until the worker has folded it, within seconds"),
    ("Check", Kind.SIGNER): _("while its signer is notable"),
    ("Check", Kind.STAFF): _("while its signer is notable"),
    ("Check", Kind.RECORD): _("while its signer is notable"),
    ("Invitation", Kind.MAILBOX): _("until it is used, taken back or over"),
    ("Invitation", Kind.SIGNER): _("until an organiser deletes it, or who signed by it erases themselves"),
    ("Invitation", Kind.STAFF): _("until an organiser deletes it"),
    ("Invitation", Kind.RECORD): _("until an organiser deletes it"),
    ("ImportLine", Kind.MAILBOX): _(
        "until its mail is in the outbox; what is left of a file, until 10 minutes after it is stopped, or 30 days"
        " after it last moved"
    ),
    ("ImportLine", Kind.RECORD): _("until 30 days after the file last moved"),
    ("DeliveryPack", Kind.STAFF): _("30 days from when it was asked for"),
    ("DeliveryPack", Kind.RECORD): _("as who asked for it; the file, with the names that were public, too"),
    ("Lease", Kind.STAFF): _("until it is decided; 8 hours at most"),
    ("Lease", Kind.RECORD): _("as its holder"),
    ("Skip", Kind.STAFF): _("8 hours"),
    ("Skip", Kind.RECORD): _("as its moderator"),
    ("Suppression", Kind.MAILBOX): _("until an organiser deletes it"),
    ("Suppression", Kind.RECORD): _("until an organiser deletes it"),
}


def kept(model: str, kind: Kind) -> str:
    """How long the fields of one class are kept in one model."""
    return RETENTION_EXCEPTIONS.get((model, kind), RETENTION_TEXTS[kind])


def stored_fields() -> dict[str, set[str]]:
    """Every column of ours, by model, as the models have it. A proxy has those of somebody else's table."""
    return {
        model.__name__: {field.name for field in model._meta.concrete_fields}
        for model in apps.get_app_config("signatures").get_models()
        if not model._meta.proxy
    }


def classified_fields() -> dict[str, set[str]]:
    return {model: set(" ".join(kinds.values()).split()) for model, kinds in FIELDS.items()}

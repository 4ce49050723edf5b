"""What each stored field says about a person. A test compares this with the models; docs/privacy.md shows it."""

from enum import StrEnum

from django.apps import apps


class Kind(StrEnum):
    MAILBOX = "mailbox"  # encrypted, or a keyed digest of it; gone when its signer erases themselves
    SIGNER = "signer"  # what a signer said of themselves; gone when they erase themselves
    RECORD = "record"  # what happened to a signature; stays, and says nothing of a person alone
    STAFF = "staff"  # what an organiser did
    NONE = "none"  # nothing about anybody


FIELDS: dict[str, dict[Kind, str]] = {
    "Signature": {
        Kind.MAILBOX: "mailbox mailbox_digest digest_key",
        Kind.SIGNER: "name credit organisation updates search_key proposed_name proposed_credit flags",
        Kind.RECORD: "id statement sector version language kind state visibility hidden_at notable generation"
        " proposed_at created_at confirmed_at erased_at counted listed",
    },
    "Mail": {
        Kind.MAILBOX: "mailbox_digest",
        Kind.SIGNER: "last_error",
        Kind.RECORD: "id signature kind language generation priority status due_at next_attempt_at attempts message_id"
        " created_at sent_at",
    },
    "Suppression": {Kind.MAILBOX: "mailbox_digest", Kind.RECORD: "id reason created_at"},
    "AuditEntry": {
        Kind.STAFF: "actor reason",
        Kind.RECORD: "id action signature statement before after created_at",
    },
    "Statement": {
        Kind.NONE: "id slug language organiser contact goal opens_at closes_at state is_featured review_everything"
        " created_at"
    },
    "Translation": {Kind.NONE: "id statement language title addressee version"},
    "Version": {Kind.NONE: "id statement language text html digest reason created_at"},
    "Sector": {Kind.NONE: "id slug name position"},
    "SectorTranslation": {Kind.NONE: "id sector language name"},
    "OfferedSector": {Kind.NONE: "id statement sector position"},
    "Tally": {Kind.NONE: "id statement sector kind counted listed"},
    "TallyEntry": {Kind.NONE: "id statement sector kind counted listed"},
    "Heartbeat": {Kind.NONE: "name beat_at"},
}


def stored_fields() -> dict[str, set[str]]:
    """Every column of ours, by model, as the models have it."""
    return {
        model.__name__: {field.name for field in model._meta.concrete_fields}
        for model in apps.get_app_config("signatures").get_models()
    }


def classed_fields() -> dict[str, set[str]]:
    return {model: set(" ".join(kinds.values()).split()) for model, kinds in FIELDS.items()}

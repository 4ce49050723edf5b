"""What the database itself keeps: counts that follow every change, and records that nobody changes."""

from django.db import migrations

from signatures.migrations._sql import load


class Migration(migrations.Migration):
    dependencies = [("signatures", "0002_tables")]

    operations = [
        load(
            "append_tally_entries_after_insert",
            drop="DROP TRIGGER signatures_tally_insert ON signatures_signature; DROP FUNCTION signatures_append_insert",
        ),
        load(
            "append_tally_entries_after_update",
            drop="DROP TRIGGER signatures_tally_update ON signatures_signature; DROP FUNCTION signatures_append_update",
        ),
        load(
            "append_tally_entries_after_delete",
            drop="DROP TRIGGER signatures_tally_delete ON signatures_signature; DROP FUNCTION signatures_append_delete",
        ),
        load(
            "append_share_entries",
            drop="DROP TRIGGER signatures_links ON signatures_signature; DROP FUNCTION signatures_follow_link",
        ),
        load("refuse_change", drop="DROP FUNCTION signatures_keep"),
        load("keep_versions", drop="DROP TRIGGER signatures_keep_versions ON signatures_version"),
        load("keep_audit_entries", drop="DROP TRIGGER signatures_keep_audit ON signatures_auditentry"),
        load(
            "search_key_statistics",
            drop="ALTER TABLE signatures_signature ALTER search_key SET STATISTICS DEFAULT",
        ),
    ]

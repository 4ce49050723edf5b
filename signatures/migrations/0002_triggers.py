"""What the database itself keeps: counts that follow every change, and records that nobody changes."""

from django.db import migrations

APPEND = """
CREATE FUNCTION signatures_append_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signatures_tallyentry (statement_id, sector_id, kind, counted, listed)
    SELECT statement_id, sector_id, kind, sum(counted), sum(listed)
    FROM ({changed}) AS changed
    GROUP BY statement_id, sector_id, kind
    HAVING sum(counted) <> 0 OR sum(listed) <> 0
    ORDER BY statement_id, sector_id, kind;
    RETURN NULL;
END $$;

CREATE TRIGGER signatures_tally_{event} AFTER {event} ON signatures_signature
REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION signatures_append_{event}();
"""

NEW = "SELECT statement_id, sector_id, kind, counted::int AS counted, listed::int AS listed FROM new_rows"
OLD = "SELECT statement_id, sector_id, kind, -counted::int AS counted, -listed::int AS listed FROM old_rows"

EVENTS = {
    "insert": ("NEW TABLE AS new_rows", NEW),
    "update": ("OLD TABLE AS old_rows NEW TABLE AS new_rows", f"{NEW} UNION ALL {OLD}"),
    "delete": ("OLD TABLE AS old_rows", OLD),
}

KEEP = """
CREATE FUNCTION signatures_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE TRIGGER signatures_keep_versions BEFORE UPDATE ON signatures_version
FOR EACH ROW EXECUTE FUNCTION signatures_keep();

CREATE TRIGGER signatures_keep_audit BEFORE UPDATE OR DELETE ON signatures_auditentry
FOR EACH ROW EXECUTE FUNCTION signatures_keep();
"""

UNKEEP = """
DROP TRIGGER signatures_keep_audit ON signatures_auditentry;
DROP TRIGGER signatures_keep_versions ON signatures_version;
DROP FUNCTION signatures_keep();
"""


def append(event: str) -> migrations.RunSQL:
    tables, changed = EVENTS[event]
    return migrations.RunSQL(
        APPEND.format(event=event, tables=tables, changed=changed),
        f"DROP TRIGGER signatures_tally_{event} ON signatures_signature; DROP FUNCTION signatures_append_{event}();",
    )


class Migration(migrations.Migration):
    dependencies = [("signatures", "0001_initial")]

    operations = [*map(append, EVENTS), migrations.RunSQL(KEEP, UNKEEP)]

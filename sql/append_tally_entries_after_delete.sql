-- Appends tally entries that subtract deleted signatures from the counts.
CREATE OR REPLACE FUNCTION signatures_append_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signatures_tallyentry (statement_id, sector_id, kind, counted, listed)
    SELECT statement_id, sector_id, kind, sum(counted), sum(listed)
    FROM (SELECT statement_id, sector_id, kind, -counted::int AS counted, -listed::int AS listed FROM old_rows) AS changed
    GROUP BY statement_id, sector_id, kind
    HAVING sum(counted) <> 0 OR sum(listed) <> 0
    ORDER BY statement_id, sector_id, kind;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER signatures_tally_delete AFTER DELETE ON signatures_signature
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION signatures_append_delete();

-- Appends tally entries with the difference that changed signatures make to the counts.
CREATE OR REPLACE FUNCTION signatures_append_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signatures_tallyentry (statement_id, sector_id, kind, counted, listed)
    SELECT statement_id, sector_id, kind, sum(counted), sum(listed)
    FROM (SELECT statement_id, sector_id, kind, counted::int AS counted, listed::int AS listed FROM new_rows UNION ALL SELECT statement_id, sector_id, kind, -counted::int AS counted, -listed::int AS listed FROM old_rows) AS changed
    GROUP BY statement_id, sector_id, kind
    HAVING sum(counted) <> 0 OR sum(listed) <> 0
    ORDER BY statement_id, sector_id, kind;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER signatures_tally_update AFTER UPDATE ON signatures_signature
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION signatures_append_update();

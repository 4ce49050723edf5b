-- Appends tally entries that add new signatures to the counts.
CREATE OR REPLACE FUNCTION signatures_append_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signatures_tallyentry (statement_id, sector_id, kind, counted, listed)
    SELECT statement_id, sector_id, kind, sum(counted), sum(listed)
    FROM (SELECT statement_id, sector_id, kind, counted::int AS counted, listed::int AS listed FROM new_rows) AS changed
    GROUP BY statement_id, sector_id, kind
    HAVING sum(counted) <> 0 OR sum(listed) <> 0
    ORDER BY statement_id, sector_id, kind;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER signatures_tally_insert AFTER INSERT ON signatures_signature
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION signatures_append_insert();

-- Refuses to change a row: the triggers on append-only tables call it.
CREATE OR REPLACE FUNCTION signatures_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

-- Appends +1 or -1 for a share link when a signature that came through it starts or stops being counted.
CREATE OR REPLACE FUNCTION signatures_follow_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.counted AND OLD.came_by IS NOT NULL THEN
        INSERT INTO signatures_shareentry (came_by, change) VALUES (OLD.came_by, -1);
    END IF;
    IF NEW.counted AND NEW.came_by IS NOT NULL THEN
        INSERT INTO signatures_shareentry (came_by, change) VALUES (NEW.came_by, 1);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER signatures_links AFTER UPDATE OF state, came_by ON signatures_signature FOR EACH ROW
WHEN (
    (OLD.came_by IS NOT NULL OR NEW.came_by IS NOT NULL)
    AND (OLD.counted, OLD.came_by) IS DISTINCT FROM (NEW.counted, NEW.came_by)
)
EXECUTE FUNCTION signatures_follow_link();

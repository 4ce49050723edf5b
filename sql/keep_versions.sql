-- Keeps each version of a text as it was written; deleting one that nobody signed stays possible.
CREATE OR REPLACE TRIGGER signatures_keep_versions BEFORE UPDATE ON signatures_version
FOR EACH ROW EXECUTE FUNCTION signatures_keep();

-- Refuses to change a version of a text. A version that nobody signed can still be deleted.
CREATE OR REPLACE TRIGGER signatures_keep_versions BEFORE UPDATE ON signatures_version
FOR EACH ROW EXECUTE FUNCTION signatures_keep();

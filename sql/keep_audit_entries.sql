-- Refuses to change or delete entries of the audit log.
CREATE OR REPLACE TRIGGER signatures_keep_audit BEFORE UPDATE OR DELETE ON signatures_auditentry
FOR EACH ROW EXECUTE FUNCTION signatures_keep();

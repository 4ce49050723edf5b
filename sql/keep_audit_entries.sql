-- Keeps the audit log: its entries are neither changed nor deleted.
CREATE OR REPLACE TRIGGER signatures_keep_audit BEFORE UPDATE OR DELETE ON signatures_auditentry
FOR EACH ROW EXECUTE FUNCTION signatures_keep();

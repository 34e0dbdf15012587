-- Cases that belong together: the parts of one application (一事一申请), or applications that are
-- handled side by side. Each stays a case of its own.
ALTER TABLE cases ADD COLUMN family_id UUID;
CREATE INDEX cases_by_family ON cases (family_id, id) WHERE family_id IS NOT NULL;

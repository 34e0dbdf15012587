-- Who applied, told from namesakes: the number of the identity document or 统一社会信用代码 as a
-- keyed hash. Applications from before have none and are known by name alone.
ALTER TABLE cases ADD COLUMN document_index BLOB;
CREATE INDEX cases_by_document ON cases (agency_id, document_index, arrived_on)
    WHERE document_index IS NOT NULL;

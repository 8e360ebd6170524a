-- An entry of an index has at most 2,704 bytes, a path up to 4,096: documents are told apart by a digest of theirs.
-- Escapes are doubled since decode() would read them; everything else stands for its own bytes.
CREATE FUNCTION path_digest(path text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN sha256(decode(replace(path, '\', '\\'), 'escape'));

ALTER TABLE document ADD COLUMN path_digest bytea GENERATED ALWAYS AS (path_digest(path)) STORED;
ALTER TABLE document DROP CONSTRAINT document_collection_project_path_key;
ALTER TABLE document ADD CONSTRAINT document_identity UNIQUE (collection, project, path_digest);

-- Lists of a project, and of what waits for approval, which both can be few among many.
CREATE INDEX document_by_project ON document (collection, project, id);
CREATE INDEX document_unapproved ON document (collection, status, id) WHERE status <> 'approved';

-- Collections, documents and their chunks are the truth; change_log tells projections what to look at again.

CREATE TABLE collection (
    name        text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    description text        NOT NULL DEFAULT '',
    dimension   integer     NOT NULL CHECK (dimension BETWEEN 1 AND 4096),
    model       text        NOT NULL,
    distance    text        NOT NULL DEFAULT 'cosine' CHECK (distance = 'cosine'),
    chunking    jsonb       NOT NULL DEFAULT '{}',
    fusion      jsonb       NOT NULL DEFAULT '{}',
    retention   jsonb       NOT NULL DEFAULT '{}',
    built_in    boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- One sequence orders the versions of every row; it is drawn while the row is locked, so that a later change of a row
-- always has the greater version.
CREATE SEQUENCE record_version;

CREATE TABLE document (
    id           uuid PRIMARY KEY,
    collection   text        NOT NULL REFERENCES collection (name),
    project      text        NOT NULL,
    path         text        NOT NULL,
    title        text        NOT NULL,
    content      text        NOT NULL,
    content_type text        NOT NULL,
    metadata     jsonb       NOT NULL,
    source_url   text,
    status       text        NOT NULL CHECK (status IN ('approved', 'pending', 'rejected')),
    checksum     bytea       NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection, project, path)
);
-- Lists page by id within a collection.
CREATE INDEX document_by_collection ON document (collection, id);

CREATE TABLE chunk (
    id          uuid PRIMARY KEY,
    document_id uuid        NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    chunk       text        NOT NULL,
    content     text        NOT NULL,
    metadata    jsonb,
    embedding   bytea       NOT NULL,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (document_id, chunk)
) WITH (toast_tuple_target = 8160);
-- Vectors don't compress: store them as they are, in the row where it fits a page.
ALTER TABLE chunk ALTER COLUMN embedding SET STORAGE EXTERNAL;
COMMENT ON COLUMN chunk.embedding IS 'float32, little-endian, L2-normalised';
COMMENT ON COLUMN chunk.metadata IS 'the chunk''s own values, over those of its document; null for none';

CREATE TABLE change_log (
    sequence   bigint GENERATED ALWAYS AS IDENTITY,
    xid        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    collection text        NOT NULL,
    record_id  uuid        NOT NULL,
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (xid, sequence)
);

-- How far each follower has come; the log may be cut below the least of those seen lately.
CREATE TABLE index_follower (
    node     uuid PRIMARY KEY,
    xid      xid8        NOT NULL,
    sequence bigint      NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT now()
);

-- A single row: which database this is (a restored copy keeps it, a new one has another), and where the log begins.
CREATE TABLE change_log_state (
    singleton      boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    generation     uuid   NOT NULL DEFAULT gen_random_uuid(),
    floor_xid      xid8   NOT NULL DEFAULT '0',
    floor_sequence bigint NOT NULL DEFAULT 0
);
INSERT INTO change_log_state DEFAULT VALUES;

-- Work that one program at a time may do. A row is never deleted, so that the fence of a name only ever grows.

CREATE TABLE lease (
    name        text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 100),
    fence       bigint      NOT NULL CHECK (fence > 0),
    acquired_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
COMMENT ON COLUMN lease.fence IS 'the number of the latest holder; each new one gets a greater';

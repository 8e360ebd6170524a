-- API keys, of which only keyed hashes are stored, and the audit trail, to which rows are only ever added.

CREATE TABLE api_key (
    id             text PRIMARY KEY CHECK (id ~ '^[0-9a-hjkmnp-tv-z]{16}$'),
    name           text        NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    scope          text        NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
    collections    text[]      CHECK (cardinality(collections) BETWEEN 1 AND 100),
    per_minute     integer     CHECK (per_minute >= 1),
    per_hour       integer     CHECK (per_hour >= 1),
    hash           bytea       NOT NULL CHECK (length(hash) = 32),
    previous_hash  bytea       CHECK (length(previous_hash) = 32),
    previous_until timestamptz,
    created_at     timestamptz NOT NULL,
    created_by     text        NOT NULL,
    rotated_at     timestamptz,
    expires_at     timestamptz,
    revoked_at     timestamptz,
    last_used_at   timestamptz,
    CHECK ((per_minute IS NULL) = (per_hour IS NULL)),
    CHECK ((previous_hash IS NULL) = (previous_until IS NULL)),
    -- Administration concerns every collection.
    CHECK (scope <> 'admin' OR collections IS NULL)
);
COMMENT ON COLUMN api_key.hash IS 'HMAC-SHA-256 of the whole key text under the pepper';
COMMENT ON COLUMN api_key.previous_hash IS 'the secret before the last rotation, valid until previous_until';
-- A name can be given again once its key is revoked.
CREATE UNIQUE INDEX api_key_by_name ON api_key (name) WHERE revoked_at IS NULL;

-- A single row: how often keys have changed, which nodes look at to know that theirs are current, and a value by which
-- a node knows that its pepper is the one that the keys were hashed under. Whoever changes keys locks it first.
CREATE TABLE key_state (
    singleton    boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    version      bigint NOT NULL DEFAULT 0,
    pepper_check bytea
);
INSERT INTO key_state DEFAULT VALUES;

CREATE FUNCTION key_state_advance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE key_state SET version = version + 1;
    RETURN NULL;
END $$;
-- All but last_used_at, which changes all the time and which no check looks at.
CREATE TRIGGER api_key_changed
    AFTER INSERT OR DELETE OR TRUNCATE
        OR UPDATE OF id, name, scope, collections, per_minute, per_hour, hash, previous_hash, previous_until, expires_at, revoked_at
    ON api_key FOR EACH STATEMENT EXECUTE FUNCTION key_state_advance();

CREATE TABLE audit_event (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor      text        NOT NULL,
    action     text        NOT NULL,
    target     text        NOT NULL,
    outcome    text        NOT NULL CHECK (outcome IN ('done', 'failed', 'refused')),
    request_id text        NOT NULL,
    details    jsonb       NOT NULL
);
COMMENT ON COLUMN audit_event.id IS 'UUIDv7 of the moment of the event, so that ids are in the order of time';
CREATE INDEX audit_event_by_actor ON audit_event (actor, id);
CREATE INDEX audit_event_by_action ON audit_event (action, id);

-- Against mistakes and injected statements; whoever owns the table can still take the trigger away.
CREATE FUNCTION audit_event_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_event is append-only';
END $$;
CREATE TRIGGER audit_event_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE
    ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_keep();

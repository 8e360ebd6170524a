-- Sessions of agents that ask for context turn by turn. What one remembers is read and written as a whole, by the
-- holder of the row's lock; it refers to records by id and holds none of their text.

CREATE TABLE context_session (
    id         uuid PRIMARY KEY,
    owner      text        NOT NULL,
    state      text        NOT NULL CHECK (octet_length(state) <= 262144),
    created_at timestamptz NOT NULL,
    used_at    timestamptz NOT NULL
) WITH (fillfactor = 70);
COMMENT ON COLUMN context_session.owner IS 'the caller that began it, and that alone may use it';
COMMENT ON COLUMN context_session.state IS 'JSON';
CREATE INDEX context_session_by_owner ON context_session (owner, used_at);
CREATE INDEX context_session_by_use ON context_session (used_at);

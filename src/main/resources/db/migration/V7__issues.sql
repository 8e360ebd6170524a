-- The issue tracker: one row for all errors that are alike, and when they happened.

CREATE TABLE issue (
    id          uuid PRIMARY KEY,
    fingerprint text        NOT NULL UNIQUE CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    severity    text        NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'info')),
    category    text        NOT NULL CHECK (category IN ('database', 'network', 'authentication', 'configuration',
                                'performance', 'resource', 'validation', 'integration', 'deployment', 'unknown')),
    component   text        NOT NULL,
    error_type  text        NOT NULL,
    message     text        NOT NULL,
    template    text        NOT NULL,
    stack       text,
    context     jsonb       NOT NULL,
    status      text        NOT NULL CHECK (status IN ('open', 'investigating', 'in_progress', 'resolved', 'wont_fix',
                                'duplicate')),
    occurrences bigint      NOT NULL CHECK (occurrences > 0),
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    resolution  text,
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz,
    model       text,
    embedding   bytea,
    CHECK ((closed_at IS NOT NULL) = (status IN ('resolved', 'wont_fix', 'duplicate'))),
    CHECK ((model IS NULL) = (embedding IS NULL))
-- One error that happens all the time updates one row all the time: room in its page, and no index on what changes
-- then, so that such an update touches no index.
) WITH (fillfactor = 60);
COMMENT ON COLUMN issue.fingerprint IS 'SHA-256 of error type, component and template';
COMMENT ON COLUMN issue.template IS 'the message without what differs between errors that are alike';
COMMENT ON COLUMN issue.opened_at IS 'first_seen, or when it was last reopened';
COMMENT ON COLUMN issue.embedding IS 'of error type, component and template, by the model; only of resolved issues';
-- Lists page by id.
CREATE INDEX issue_by_status ON issue (status, id);
CREATE INDEX issue_by_component ON issue (component, id);

-- The history: at most a row an hour for each issue, for as long as issues.retention_days says.
CREATE TABLE issue_hour (
    issue_id    uuid        NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    hour        timestamptz NOT NULL,
    occurrences bigint      NOT NULL CHECK (occurrences > 0),
    fives       smallint    NOT NULL CHECK (fives BETWEEN 1 AND 4095),
    PRIMARY KEY (issue_id, hour)
) WITH (fillfactor = 70);
COMMENT ON COLUMN issue_hour.fives IS 'a bit for each five minutes of the hour in which it happened, the lowest the first';
CREATE INDEX issue_hour_by_hour ON issue_hour (hour);

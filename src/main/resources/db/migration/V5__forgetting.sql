-- A script that changes document, chunk or solution must think of tombstones too: they hold such rows, and restoring
-- inserts them as they are.
--
-- Safe forgetting: runs, what each is about to do, and what is left of the solutions that they removed.

CREATE TABLE gc_run (
    id          uuid PRIMARY KEY,
    -- The moment of the schedule that this run is for; one run for each, whichever replica makes it.
    due_at      timestamptz UNIQUE,
    dry_run     boolean     NOT NULL,
    force       boolean     NOT NULL,
    tasks       text[]      NOT NULL,
    actor       text        NOT NULL,
    request_id  text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('planning', 'running', 'done', 'refused', 'failed')),
    attempts    integer     NOT NULL DEFAULT 0,
    started_at  timestamptz NOT NULL,
    as_of       timestamptz NOT NULL,
    finished_at timestamptz,
    solutions   bigint      NOT NULL DEFAULT 0,
    totals      jsonb       NOT NULL DEFAULT '{}',
    problem     text        NOT NULL DEFAULT ''
);
COMMENT ON COLUMN gc_run.as_of IS 'the moment by which ages are reckoned';
COMMENT ON COLUMN gc_run.solutions IS 'how many there were when it was planned';
-- One at a time, whatever else may fail.
CREATE UNIQUE INDEX gc_run_unfinished ON gc_run ((true)) WHERE state IN ('planning', 'running');

CREATE TABLE gc_item (
    run_id       uuid    NOT NULL REFERENCES gc_run (id) ON DELETE CASCADE,
    number       integer NOT NULL,
    reason       text    NOT NULL CHECK (reason IN ('expired', 'low_value', 'duplicate', 'orphan', 'unindexed')),
    record_id    uuid    NOT NULL,
    collection   text    NOT NULL,
    survivor     uuid,
    similarity   double precision NOT NULL DEFAULT 0,
    value_score  double precision NOT NULL DEFAULT 0,
    last_used_at timestamptz,
    state        text    NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'done', 'skipped')),
    PRIMARY KEY (run_id, number)
) WITH (fillfactor = 70);
COMMENT ON TABLE gc_item IS 'the whole plan of a run, stored before its first step';
CREATE INDEX gc_item_planned ON gc_item (run_id, number) WHERE state = 'planned';

CREATE TABLE tombstone (
    id         uuid PRIMARY KEY,
    run_id     uuid        NOT NULL,
    reason     text        NOT NULL CHECK (reason IN ('expired', 'low_value', 'duplicate')),
    survivor   uuid,
    removed_at timestamptz NOT NULL,
    document   jsonb       NOT NULL,
    solution   jsonb       NOT NULL,
    lineage    jsonb       NOT NULL,
    CHECK ((reason = 'duplicate') = (survivor IS NOT NULL))
);
COMMENT ON TABLE tombstone IS 'all that is needed to bring a removed solution back';
CREATE INDEX tombstone_by_run ON tombstone (run_id, id);
CREATE INDEX tombstone_by_age ON tombstone (removed_at);

CREATE TABLE tombstone_chunk (
    id          uuid PRIMARY KEY,
    document_id uuid        NOT NULL REFERENCES tombstone (id) ON DELETE CASCADE,
    chunk       text        NOT NULL,
    content     text        NOT NULL,
    metadata    jsonb,
    embedding   bytea       NOT NULL,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL
);
ALTER TABLE tombstone_chunk ALTER COLUMN embedding SET STORAGE EXTERNAL;
CREATE INDEX tombstone_chunk_by_document ON tombstone_chunk (document_id);

-- Tells a record whose tombstone was purged from one that never was.
CREATE INDEX audit_event_forgotten ON audit_event (target) WHERE action = 'solution.forget';

-- A single row: since when there is a schedule, so that a new database has missed nothing.
CREATE TABLE gc_schedule (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    since     timestamptz NOT NULL DEFAULT now()
);
INSERT INTO gc_schedule DEFAULT VALUES;

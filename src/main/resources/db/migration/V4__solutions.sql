-- Solutions that agents learned. The text of one is a document of solved_issues with a single chunk: the title is the
-- query, the contents are the solution, and the chunk's embedding is of the query. What only solutions have stands here.

CREATE TABLE solution (
    id              uuid PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    digest          bytea            NOT NULL UNIQUE CHECK (length(digest) = 32),
    value_score     double precision NOT NULL CHECK (value_score BETWEEN 0 AND 1),
    -- What doesn't move with feedback; the three parts are null where the learner gave the score.
    base_score      double precision NOT NULL,
    reusability     double precision,
    complexity      double precision,
    novelty         double precision,
    -- Sums in which each later judgement weighs the earlier ones less, and the sums of those weights.
    outcome         text             NOT NULL CHECK (outcome IN ('success', 'partial', 'failure', 'unknown')),
    outcome_sum     double precision NOT NULL DEFAULT 0,
    outcome_weight  double precision NOT NULL DEFAULT 0 CHECK (outcome_weight >= 0),
    feedback_sum    double precision NOT NULL DEFAULT 0,
    feedback_weight double precision NOT NULL DEFAULT 0 CHECK (feedback_weight >= 0),
    feedbacks       bigint           NOT NULL DEFAULT 0 CHECK (feedbacks >= 0),
    uses            bigint           NOT NULL DEFAULT 0 CHECK (uses >= 0),
    last_used_at    timestamptz,
    pinned          boolean          NOT NULL DEFAULT false,
    merged          bigint           NOT NULL DEFAULT 0 CHECK (merged >= 0),
    learned_by      text             NOT NULL,
    created_at      timestamptz      NOT NULL
) WITH (fillfactor = 80);
COMMENT ON COLUMN solution.digest IS 'SHA-256 of the normalised query and solution';
COMMENT ON COLUMN solution.outcome IS 'the latest one told';
COMMENT ON COLUMN solution.merged IS 'how many records have been merged into this one; the lineage keeps the latest of them';

CREATE TABLE solution_lineage (
    survivor    uuid             NOT NULL REFERENCES solution (id) ON DELETE CASCADE,
    sequence    bigint GENERATED ALWAYS AS IDENTITY,
    source      text             NOT NULL CHECK (source IN ('learn', 'gc')),
    record_id   uuid,
    similarity  double precision NOT NULL,
    value_score double precision NOT NULL,
    uses        bigint           NOT NULL,
    feedbacks   bigint           NOT NULL,
    actor       text             NOT NULL,
    at          timestamptz      NOT NULL,
    PRIMARY KEY (survivor, sequence)
);
COMMENT ON COLUMN solution_lineage.record_id IS 'the record that was merged, which has a tombstone; null for one merged as it was learned';

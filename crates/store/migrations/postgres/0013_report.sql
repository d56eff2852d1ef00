-- What researchers and others report: personal data that is public, a weakness, an alleged leak. The
-- text is sealed under a key of the report's own, and goes with it.
CREATE TABLE report (
    hb              INTEGER NOT NULL,  -- home bucket: the first 16 bits of the id
    report_id       UUID    NOT NULL,  -- the beginning of the receipt
    wrapped_key     BYTEA   NOT NULL,  -- data key, wrapped
    secret          BYTEA   NOT NULL,  -- keyed digest of the receipt
    sealed          BYTEA   NOT NULL,  -- what was reported, sealed
    received_at     BIGINT  NOT NULL,  -- ms
    acknowledge_by  BIGINT  NOT NULL,  -- until then somebody is to look at it, ms
    close_by        BIGINT  NOT NULL,  -- until then it is to be closed, ms
    acknowledged_at BIGINT,            -- when somebody first looked at it, ms
    closed_at       BIGINT,            -- ms
    outcome         TEXT,              -- what came of it, as a word; none until it is closed
    kept_until      BIGINT,            -- when it goes, ms; none until it is closed
    PRIMARY KEY (hb, report_id)
) /* by hb */;
CREATE INDEX report_received ON report (received_at, report_id);

-- What researchers and others report: personal data that is public, a weakness, an alleged leak. The
-- text is sealed under a key of the report's own, and goes with it.
CREATE TABLE report (
    report_id       BLOB    PRIMARY KEY,  -- 16-byte UUID, the beginning of the receipt
    wrapped_key     BLOB    NOT NULL,     -- data key, wrapped
    secret          BLOB    NOT NULL,     -- keyed digest of the receipt
    sealed          BLOB    NOT NULL,     -- what was reported, sealed
    received_at     INTEGER NOT NULL,     -- ms
    acknowledge_by  INTEGER NOT NULL,     -- until then somebody is to look at it, ms
    close_by        INTEGER NOT NULL,     -- until then it is to be closed, ms
    acknowledged_at INTEGER,              -- when somebody first looked at it, ms
    closed_at       INTEGER,              -- ms
    outcome         TEXT,                 -- what came of it, as a word; none until it is closed
    kept_until      INTEGER               -- when it goes, ms; none until it is closed
) STRICT;
CREATE INDEX report_received ON report (received_at, report_id);

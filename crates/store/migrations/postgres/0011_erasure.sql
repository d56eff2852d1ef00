-- People who asked to be erased, and those who were: their row and their key are gone, and this is all
-- that is left beside their doses, which count nobody by name.
CREATE TABLE erasure (
    hb             INTEGER NOT NULL,  -- home bucket
    beneficiary_id BIGINT  NOT NULL,  -- 14-digit number
    account_id     UUID    NOT NULL,  -- whose mobile they used
    asked_at       BIGINT  NOT NULL,  -- ms
    due_at         BIGINT  NOT NULL,  -- until then it can be taken back, ms
    erased_at      BIGINT,            -- when it was done, ms
    PRIMARY KEY (hb, beneficiary_id)
) /* by hb */;
CREATE INDEX erasure_account ON erasure (hb, account_id);
CREATE INDEX erasure_due ON erasure (due_at) WHERE erased_at IS NULL;

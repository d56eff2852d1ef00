-- People who asked to be erased, and those who were: their row and their key are gone, and this is all
-- that is left beside their doses, which count nobody by name.
CREATE TABLE erasure (
    beneficiary_id INTEGER PRIMARY KEY,  -- 14-digit number
    account_id     BLOB    NOT NULL,     -- whose mobile they used
    asked_at       INTEGER NOT NULL,     -- ms
    due_at         INTEGER NOT NULL,     -- until then it can be taken back, ms
    erased_at      INTEGER               -- when it was done, ms
) STRICT;
CREATE INDEX erasure_account ON erasure (account_id);
CREATE INDEX erasure_due ON erasure (due_at) WHERE erased_at IS NULL;

-- The latest instant that the platform believed: what destroys by the clock waits if that jumps.
CREATE TABLE clock (
    clock_no     INTEGER PRIMARY KEY,  -- 1: there is one row
    seen_at      INTEGER NOT NULL,     -- ms
    confirmed_at INTEGER               -- when the operator last said that the clock is right, ms
) STRICT;

-- People met without an appointment there who were not given a dose, either.
ALTER TABLE watched ADD COLUMN
    undosed_score INTEGER NOT NULL DEFAULT 0;  -- cumulative sum over them, thousandths

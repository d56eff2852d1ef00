-- The latest instant that the platform believed: what destroys by the clock waits if that jumps.
CREATE TABLE clock (
    clock_no     INTEGER PRIMARY KEY,  -- 1: there is one row
    seen_at      BIGINT  NOT NULL,     -- ms
    confirmed_at BIGINT                -- when the operator last said that the clock is right, ms
) /* reference */;

-- People met without an appointment there who were not given a dose, either.
ALTER TABLE watched ADD COLUMN
    undosed_score BIGINT NOT NULL DEFAULT 0;  -- cumulative sum over them, thousandths

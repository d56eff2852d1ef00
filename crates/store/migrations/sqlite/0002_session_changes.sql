-- A session counts its changes, so that a server reads it once for each of them.
ALTER TABLE session ADD COLUMN
    changes INTEGER NOT NULL DEFAULT 0;  -- counted up with each change

-- From here on "changed_at" of a pool is when its seats last changed, 0 if never: it is not touched
-- by publishing. The index answers who asks for the seats without the rows.
DROP INDEX seat_pool_changed;
CREATE INDEX seat_pool_taken ON seat_pool (changed_at, booked);

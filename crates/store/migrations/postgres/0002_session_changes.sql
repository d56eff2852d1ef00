-- A session counts its changes, so that a server reads it once for each of them.
ALTER TABLE session ADD COLUMN
    changes BIGINT NOT NULL DEFAULT 0;  -- counted up with each change

-- From here on "changed_at" of a pool is when its seats last changed, 0 if never: it is not touched
-- by publishing.

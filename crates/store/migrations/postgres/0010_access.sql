-- Who opened which fields of whom: one row for each access, written before anything is opened, and
-- never changed but for its place in the log. Sealed under the key of the person concerned.
CREATE TABLE access_entry (
    hb         INTEGER NOT NULL,  -- home bucket
    person     UUID    NOT NULL,  -- 16 bytes by which the vault knows the person or account
    number     BIGINT  NOT NULL,  -- the how-manyth entry of that person, from 1
    commitment BYTEA   NOT NULL,  -- salted commitment to the entry: the leaf of the public log
    sealed     BYTEA   NOT NULL,  -- salt and entry, sealed
    opened_at  BIGINT  NOT NULL,  -- ms
    leaf       BIGINT,            -- number of its leaf in the log; none while it waits
    PRIMARY KEY (hb, person, number)
) /* by hb */;
CREATE INDEX access_entry_waiting ON access_entry (opened_at) WHERE leaf IS NULL;

-- Who appends to the log of accesses, and what they are about to append.
CREATE TABLE access_turn (
    log         TEXT    PRIMARY KEY,  -- `accesses`
    holder      UUID    NOT NULL,     -- the process whose turn it is
    until       BIGINT  NOT NULL,     -- ms; from then on it may be another's
    first_leaf  BIGINT  NOT NULL,     -- number of the first leaf of the plan
    plan        BYTEA   NOT NULL      -- entries in the order of their leaves; empty if none are planned
) /* reference */;

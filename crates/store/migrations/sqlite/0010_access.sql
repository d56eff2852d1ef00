-- Who opened which fields of whom: one row for each access, written before anything is opened, and
-- never changed but for its place in the log. Sealed under the key of the person concerned.
CREATE TABLE access_entry (
    entry_id   INTEGER PRIMARY KEY,  -- in order of arrival
    hb         INTEGER NOT NULL,     -- home bucket
    person     BLOB    NOT NULL,     -- 16 bytes by which the vault knows the person or account
    number     INTEGER NOT NULL,     -- the how-manyth entry of that person, from 1
    commitment BLOB    NOT NULL,     -- salted commitment to the entry: the leaf of the public log
    sealed     BLOB    NOT NULL,     -- salt and entry, sealed
    opened_at  INTEGER NOT NULL,     -- ms
    leaf       INTEGER               -- number of its leaf in the log; none while it waits
) STRICT;
CREATE UNIQUE INDEX access_entry_person ON access_entry (person, number);
CREATE INDEX access_entry_waiting ON access_entry (entry_id) WHERE leaf IS NULL;

-- Who appends to the log of accesses, and what they are about to append.
CREATE TABLE access_turn (
    log         TEXT    PRIMARY KEY,  -- `accesses`
    holder      BLOB    NOT NULL,     -- 16-byte UUID of the process whose turn it is
    until       INTEGER NOT NULL,     -- ms; from then on it may be another's
    first_leaf  INTEGER NOT NULL,     -- number of the first leaf of the plan
    plan        BLOB    NOT NULL      -- entries in the order of their leaves; empty if none are planned
) STRICT, WITHOUT ROWID;

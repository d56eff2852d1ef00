-- How the reads and look-ups of an account of staff or of a state's program look, and whether it is
-- slowed, held or signed out.
CREATE TABLE watched (
    staff_id      BLOB    PRIMARY KEY,  -- 16-byte UUID; a state's program has one of its own
    facility_id   INTEGER,              -- where, for those of a facility
    district_id   INTEGER,              -- where, for those of a district or facility
    reads         INTEGER NOT NULL,     -- people met
    unexplained   INTEGER NOT NULL,     -- of these, without an appointment there that day
    lookups       INTEGER NOT NULL,     -- codes and passwords tried
    misses        INTEGER NOT NULL,     -- of these, wrong
    read_score    INTEGER NOT NULL,     -- cumulative sum over reads, thousandths
    miss_score    INTEGER NOT NULL,     -- cumulative sum over look-ups, thousandths
    standing      INTEGER NOT NULL,     -- 0 free 1 slowed 2 held
    signed_out_at INTEGER NOT NULL,     -- sign-ins from before do not count, ms
    changed_at    INTEGER NOT NULL      -- when standing or signed_out_at last changed, ms
) STRICT, WITHOUT ROWID;
CREATE INDEX watched_changed ON watched (changed_at);

-- What an officer has to look at.
CREATE TABLE alarm (
    facility_id INTEGER NOT NULL,     -- where; 0 for what has no place
    alarm_id    BLOB    NOT NULL,     -- 16-byte UUID
    kind        TEXT    NOT NULL,     -- what it is about
    staff_id    BLOB    NOT NULL,     -- whose account did it
    district_id INTEGER,              -- where, if it has a place
    raised_at   INTEGER NOT NULL,     -- ms
    PRIMARY KEY (facility_id, alarm_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alarm_raised ON alarm (raised_at);

-- Records that two members of staff open together, of people who cannot present themselves.
CREATE TABLE emergency (
    facility_id    INTEGER NOT NULL,  -- where both work
    emergency_id   BLOB    NOT NULL,  -- 16-byte UUID
    beneficiary_id INTEGER NOT NULL,  -- whose record
    reason         BLOB    NOT NULL,  -- sealed reason
    asked_by       BLOB    NOT NULL,  -- staff id
    asked_at       INTEGER NOT NULL,  -- ms
    agreed_by      BLOB,              -- staff id of the second person
    until          INTEGER,           -- until when it opens, ms
    PRIMARY KEY (facility_id, emergency_id)
) STRICT, WITHOUT ROWID;

-- Sessions that one person published and another one has to open.
CREATE TABLE proposal (
    facility_id INTEGER NOT NULL,  -- where
    session_id  BLOB    NOT NULL,  -- 16-byte UUID
    proposed_by BLOB    NOT NULL,  -- staff id
    agreed_by   BLOB,              -- staff id of the second person
    PRIMARY KEY (facility_id, session_id)
) STRICT, WITHOUT ROWID;

-- Vial-doses that a facility received and gave, by lot.
CREATE TABLE stock (
    facility_id INTEGER NOT NULL,            -- where
    vaccine     TEXT    NOT NULL,            -- what
    lot         TEXT    NOT NULL,            -- maker's production lot
    received    INTEGER NOT NULL,            -- doses received
    given       INTEGER NOT NULL DEFAULT 0,  -- doses taken out
    PRIMARY KEY (facility_id, vaccine, lot),
    CHECK (given BETWEEN 0 AND received)
) STRICT, WITHOUT ROWID;

-- Which dose took which vial-dose.
CREATE TABLE stock_use (
    facility_id INTEGER NOT NULL,  -- where
    dose_id     BLOB    NOT NULL,  -- 16-byte UUID
    vaccine     TEXT    NOT NULL,  -- what
    lot         TEXT    NOT NULL,  -- of which lot
    PRIMARY KEY (facility_id, dose_id)
) STRICT, WITHOUT ROWID;

-- Keyed digests of made-up people and accounts that nobody has a reason to look up. They look like all
-- others: who has the database alone cannot tell which they are.
CREATE TABLE canary (
    digest  BLOB    PRIMARY KEY,  -- keyed digest of a person or account
    made_at INTEGER NOT NULL      -- ms
) STRICT, WITHOUT ROWID;

-- How the reads and look-ups of an account of staff or of a state's program look, and whether it is
-- slowed, held or signed out.
CREATE TABLE watched (
    hb            INTEGER  NOT NULL,     -- first 16 bits of staff_id
    staff_id      UUID     NOT NULL,     -- 16-byte UUID; a state's program has one of its own
    facility_id   BIGINT,                -- where, for those of a facility
    district_id   INTEGER,               -- where, for those of a district or facility
    reads         BIGINT   NOT NULL,     -- people met
    unexplained   BIGINT   NOT NULL,     -- of these, without an appointment there that day
    lookups       BIGINT   NOT NULL,     -- codes and passwords tried
    misses        BIGINT   NOT NULL,     -- of these, wrong
    read_score    BIGINT   NOT NULL,     -- cumulative sum over reads, thousandths
    miss_score    BIGINT   NOT NULL,     -- cumulative sum over look-ups, thousandths
    standing      SMALLINT NOT NULL,     -- 0 free 1 slowed 2 held
    signed_out_at BIGINT   NOT NULL,     -- sign-ins from before do not count, ms
    changed_at    BIGINT   NOT NULL,     -- when standing or signed_out_at last changed, ms
    PRIMARY KEY (hb, staff_id)
) /* by hb */;
CREATE INDEX watched_changed ON watched (changed_at);

-- What an officer has to look at.
CREATE TABLE alarm (
    facility_id BIGINT   NOT NULL,     -- where; 0 for what has no place
    alarm_id    UUID     NOT NULL,     -- 16-byte UUID
    kind        TEXT     NOT NULL,     -- what it is about
    staff_id    UUID     NOT NULL,     -- whose account did it
    district_id INTEGER,               -- where, if it has a place
    raised_at   BIGINT   NOT NULL,     -- ms
    PRIMARY KEY (facility_id, alarm_id)
) /* by facility_id */;
CREATE INDEX alarm_raised ON alarm (raised_at);

-- Records that two members of staff open together, of people who cannot present themselves.
CREATE TABLE emergency (
    facility_id    BIGINT   NOT NULL,  -- where both work
    emergency_id   UUID     NOT NULL,  -- 16-byte UUID
    beneficiary_id BIGINT   NOT NULL,  -- whose record
    reason         BYTEA    NOT NULL,  -- sealed reason
    asked_by       UUID     NOT NULL,  -- staff id
    asked_at       BIGINT   NOT NULL,  -- ms
    agreed_by      UUID,               -- staff id of the second person
    until          BIGINT,             -- until when it opens, ms
    PRIMARY KEY (facility_id, emergency_id)
) /* by facility_id */;

-- Sessions that one person published and another one has to open.
CREATE TABLE proposal (
    facility_id BIGINT   NOT NULL,  -- where
    session_id  UUID     NOT NULL,  -- 16-byte UUID
    proposed_by UUID     NOT NULL,  -- staff id
    agreed_by   UUID,               -- staff id of the second person
    PRIMARY KEY (facility_id, session_id)
) /* by facility_id */;

-- Vial-doses that a facility received and gave, by lot.
CREATE TABLE stock (
    facility_id BIGINT   NOT NULL,            -- where
    vaccine     TEXT COLLATE "C" NOT NULL,  -- what
    lot         TEXT COLLATE "C" NOT NULL,  -- maker's production lot
    received    BIGINT   NOT NULL,            -- doses received
    given       BIGINT   NOT NULL DEFAULT 0,  -- doses taken out
    PRIMARY KEY (facility_id, vaccine, lot),
    CHECK (given BETWEEN 0 AND received)
) /* by facility_id */;

-- Which dose took which vial-dose.
CREATE TABLE stock_use (
    facility_id BIGINT   NOT NULL,  -- where
    dose_id     UUID     NOT NULL,  -- 16-byte UUID
    vaccine     TEXT COLLATE "C" NOT NULL,  -- what
    lot         TEXT COLLATE "C" NOT NULL,  -- of which lot
    PRIMARY KEY (facility_id, dose_id)
) /* by facility_id */;

-- Keyed digests of made-up people and accounts that nobody has a reason to look up. They look like all
-- others: who has the database alone cannot tell which they are.
CREATE TABLE canary (
    digest  BYTEA   PRIMARY KEY,  -- keyed digest of a person or account
    made_at BIGINT  NOT NULL      -- ms
) /* reference */;

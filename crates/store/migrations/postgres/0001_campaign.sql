-- The campaign, for PostgreSQL and engines that shard it by key. What belongs to a person is keyed by
-- "hb", the home bucket; what belongs to a facility by "facility_id"; the rest is small and the same
-- everywhere. The key leads every primary key and unique index. No triggers, no serials, no foreign
-- keys: what must hold is in the statements. Instants are milliseconds since 1970 UTC; days are
-- counted from 1970-01-01. Bytes named "sealed" are AES-256-GCM under a person's key or the message
-- key; "index" columns are keyed digests. "by COLUMN" after a table names what it is distributed by.

-- States and union territories.
CREATE TABLE state (
    state_id INTEGER PRIMARY KEY,  -- number in the Co-WIN contract
    name     TEXT NOT NULL,        -- English name
    name_hi  TEXT NOT NULL         -- Hindi name, empty if not known
) /* reference */;

-- Districts.
CREATE TABLE district (
    district_id INTEGER PRIMARY KEY,  -- number in the contract
    state_id    INTEGER NOT NULL,     -- the state it belongs to
    name        TEXT    NOT NULL,     -- English name
    name_hi     TEXT    NOT NULL,     -- Hindi name, may be empty
    lgd_code    INTEGER               -- Local Government Directory
) /* reference */;

-- Post offices of the published PIN code directory.
CREATE TABLE postal_place (
    pincode     INTEGER NOT NULL,  -- six digits
    name        TEXT COLLATE "C" NOT NULL,  -- name of the office
    district_id INTEGER,           -- the district, if its name could be matched
    latitude    DOUBLE PRECISION,  -- degrees north, if known
    longitude   DOUBLE PRECISION,  -- degrees east, if known
    PRIMARY KEY (pincode, name)
) /* reference */;

-- Versions of the rules file.
CREATE TABLE rules (
    version TEXT PRIMARY KEY,  -- the file's own version
    body    TEXT   NOT NULL,   -- the file
    put_at  BIGINT NOT NULL    -- when it was given, ms
) /* reference */;

-- Places that hold sessions.
CREATE TABLE facility (
    facility_id BIGINT  NOT NULL,  -- center_id in the contract
    name        TEXT    NOT NULL,  -- name
    address     TEXT    NOT NULL,  -- street address of the facility
    block       TEXT    NOT NULL,  -- block of the district
    district_id INTEGER NOT NULL,  -- district
    pincode     INTEGER NOT NULL,  -- six digits
    latitude    DOUBLE PRECISION,  -- degrees north, if known
    longitude   DOUBLE PRECISION,  -- degrees east, if known
    opens       INTEGER NOT NULL,  -- minutes after midnight
    closes      INTEGER NOT NULL,  -- minutes after midnight
    paid        BOOLEAN NOT NULL,  -- whether it charges
    changed_at  BIGINT  NOT NULL,  -- last change, ms
    PRIMARY KEY (facility_id)
) /* by facility_id */;
CREATE INDEX facility_changed ON facility (changed_at);

-- Planned times of vaccination.
CREATE TABLE session (
    facility_id BIGINT   NOT NULL,  -- where
    session_id  UUID     NOT NULL,  -- id
    held_on     INTEGER  NOT NULL,  -- day
    vaccine     TEXT     NOT NULL,  -- name in the contract
    min_age     SMALLINT NOT NULL,  -- years
    max_age     SMALLINT,           -- years, if limited
    fee         INTEGER  NOT NULL,  -- rupees
    state       SMALLINT NOT NULL,  -- 0 open 1 stopped 2 cancelled
    slots       TEXT     NOT NULL,  -- "540-660,660-780": minutes
    changed_at  BIGINT   NOT NULL,  -- last change, ms
    PRIMARY KEY (facility_id, session_id)
) /* by facility_id */;
CREATE INDEX session_day ON session (facility_id, held_on);
CREATE INDEX session_changed ON session (changed_at);
CREATE INDEX session_cancelled ON session (facility_id, session_id) WHERE state = 2;

-- Seats that are given away together. The check is a tripwire; the guard is in the statement.
CREATE TABLE seat_pool (
    facility_id BIGINT   NOT NULL,            -- where
    session_id  UUID     NOT NULL,            -- the session
    pool        SMALLINT NOT NULL,            -- number of the pool
    on_site     BOOLEAN  NOT NULL,            -- not online
    dose_number SMALLINT NOT NULL,            -- for which dose
    slot        SMALLINT,                     -- only slot, or any
    capacity    INTEGER  NOT NULL,            -- seats
    booked      INTEGER  NOT NULL DEFAULT 0,  -- seats taken
    changed_at  BIGINT   NOT NULL,            -- last change, ms
    PRIMARY KEY (facility_id, session_id, pool),
    CHECK (booked BETWEEN 0 AND capacity)
) /* by facility_id */;
CREATE INDEX seat_pool_changed ON seat_pool (changed_at);

-- Appointments as the facility keeps them: tombstones of cancelled and refused ones stay.
CREATE TABLE booking (
    facility_id    BIGINT   NOT NULL,  -- where
    appointment_id UUID     NOT NULL,  -- the appointment
    leg            INTEGER  NOT NULL,  -- counted up with every move
    beneficiary_id BIGINT   NOT NULL,  -- 14-digit number
    session_id     UUID     NOT NULL,  -- which session
    pool           SMALLINT NOT NULL,  -- from which pool
    slot           SMALLINT NOT NULL,  -- for which slot
    dose_number    SMALLINT NOT NULL,  -- for which dose
    account_id     UUID     NOT NULL,  -- whose account
    state          SMALLINT NOT NULL,  -- 0 booked 1 cancelled 2 full 3 done
    PRIMARY KEY (facility_id, appointment_id, leg, beneficiary_id)
) /* by facility_id */;
CREATE INDEX booking_session ON booking (facility_id, session_id);

-- Counts of events that a facility or an import reports.
CREATE TABLE tally (
    facility_id BIGINT  NOT NULL,  -- where; negative for what has no place
    counted_on  INTEGER NOT NULL,  -- day
    measure     TEXT COLLATE "C" NOT NULL,  -- what
    count       BIGINT  NOT NULL,  -- how often
    PRIMARY KEY (facility_id, counted_on, measure)
) /* by facility_id */;

-- Counts of events that are written together with what happens to a person.
CREATE TABLE home_tally (
    hb          INTEGER NOT NULL,  -- home bucket
    facility_id BIGINT  NOT NULL,  -- where; negative for what has no place
    counted_on  INTEGER NOT NULL,  -- day
    measure     TEXT COLLATE "C" NOT NULL,  -- what
    count       BIGINT  NOT NULL,  -- how often
    PRIMARY KEY (hb, facility_id, counted_on, measure)
) /* by hb */;
CREATE INDEX home_tally_day ON home_tally (counted_on);

-- The people who share a mobile.
CREATE TABLE account (
    hb           INTEGER NOT NULL,  -- home bucket
    account_id   UUID    NOT NULL,  -- derived from the mobile's index
    mobile_index BYTEA   NOT NULL,  -- keyed digest of the mobile
    wrapped_key  BYTEA   NOT NULL,  -- data key, wrapped
    mobile       BYTEA   NOT NULL,  -- sealed mobile
    opened_at    BIGINT  NOT NULL,  -- ms
    PRIMARY KEY (hb, account_id)
) /* by hb */;

-- People.
CREATE TABLE beneficiary (
    hb             INTEGER  NOT NULL,  -- home bucket
    beneficiary_id BIGINT   NOT NULL,  -- 14-digit number, shown only permuted
    account_id     UUID     NOT NULL,  -- whose mobile they use
    place          SMALLINT NOT NULL,  -- order in the account
    wrapped_key    BYTEA    NOT NULL,  -- data key, wrapped
    name           BYTEA    NOT NULL,  -- sealed name
    birth_year     BYTEA    NOT NULL,  -- sealed year of birth
    gender         BYTEA    NOT NULL,  -- sealed gender
    document       BYTEA    NOT NULL,  -- sealed identity document
    comorbidity    BYTEA    NOT NULL,  -- sealed statement about priority
    document_index BYTEA    NOT NULL,  -- keyed digest of the document
    registered_at  BIGINT   NOT NULL,  -- ms
    verified_at    BIGINT,             -- when the identity was checked, ms
    verified_by    UUID,               -- by whom
    PRIMARY KEY (hb, beneficiary_id)
) /* by hb */;
CREATE INDEX beneficiary_account ON beneficiary (hb, account_id);

-- Whose an identity document is, in the bucket of the document: one person in the whole country.
CREATE TABLE document (
    hb             INTEGER NOT NULL,  -- bucket of the document's index
    document_index BYTEA   NOT NULL,  -- keyed digest of the document
    beneficiary_id BIGINT  NOT NULL,  -- whose
    account_id     UUID    NOT NULL,  -- whose mobile they use
    reserved_at    BIGINT,            -- when it was reserved; none once the person is there, ms
    PRIMARY KEY (hb, document_index)
) /* by hb */;
CREATE INDEX document_reserved ON document (reserved_at) WHERE reserved_at IS NOT NULL;

-- Enrolments that were given up: one that comes late finds its number here and is refused.
CREATE TABLE void_enrolment (
    hb             INTEGER NOT NULL,  -- home bucket
    beneficiary_id BIGINT  NOT NULL,  -- the number it would have had
    PRIMARY KEY (hb, beneficiary_id)
) /* by hb */;

-- One live claim of a person on a seat for a dose.
CREATE TABLE dose_claim (
    hb               INTEGER  NOT NULL,            -- home bucket
    beneficiary_id   BIGINT   NOT NULL,            -- whose
    dose_number      SMALLINT NOT NULL,            -- for which dose
    appointment_id   UUID     NOT NULL,            -- the appointment
    leg              INTEGER  NOT NULL,            -- which of its seats
    account_id       UUID     NOT NULL,            -- whose mobile
    facility_id      BIGINT   NOT NULL,            -- the seat: where
    session_id       UUID     NOT NULL,            -- the seat: which session
    pool             SMALLINT NOT NULL,            -- the seat: from which pool
    slot             SMALLINT NOT NULL,            -- the seat: for which slot
    held_on          INTEGER  NOT NULL,            -- the session's day
    state            SMALLINT NOT NULL,            -- 0 pending 1 confirmed 2 cancelling 3 moving 4 done
    owes             SMALLINT NOT NULL DEFAULT 0,  -- still to tell: 0 nothing 1 the state 2 the other seat is free
    legs             INTEGER  NOT NULL DEFAULT 0,  -- highest leg ever used
    other_facility   BIGINT,                       -- the seat wanted, or left: where
    other_session    UUID,                         -- the same: which session
    other_pool       SMALLINT,                     -- the same: from which pool
    other_slot       SMALLINT,                     -- the same: for which slot
    other_held_on    INTEGER,                      -- the same: the session's day
    other_leg        INTEGER,                      -- the same: which leg
    changed_at       BIGINT   NOT NULL,            -- last change, or lease of who completes it, ms
    PRIMARY KEY (hb, beneficiary_id, dose_number)
) /* by hb */;
CREATE INDEX dose_claim_account ON dose_claim (hb, account_id);
CREATE INDEX dose_claim_motion ON dose_claim (changed_at) WHERE state IN (0, 2, 3) OR owes <> 0;

-- Claims that were given back, so that cancelling twice has the same answer.
CREATE TABLE past_claim (
    hb             INTEGER NOT NULL,  -- home bucket
    appointment_id UUID    NOT NULL,  -- the appointment
    beneficiary_id BIGINT  NOT NULL,  -- whose
    account_id     UUID    NOT NULL,  -- whose mobile
    PRIMARY KEY (hb, appointment_id, beneficiary_id)
) /* by hb */;

-- Administered doses.
CREATE TABLE dose (
    hb             INTEGER  NOT NULL,  -- home bucket
    beneficiary_id BIGINT   NOT NULL,  -- to whom
    dose_number    SMALLINT NOT NULL,  -- place in the series
    dose_id        UUID     NOT NULL,  -- chosen by who records it
    facility_id    BIGINT   NOT NULL,  -- where
    appointment_id UUID,               -- the appointment it was given on
    vaccine        TEXT     NOT NULL,  -- name in the contract
    lot            TEXT     NOT NULL,  -- maker's production lot
    vaccinator     TEXT     NOT NULL,  -- as printed on the certificate
    given_on       INTEGER  NOT NULL,  -- local day
    recorded_at    BIGINT   NOT NULL,  -- ms
    PRIMARY KEY (hb, beneficiary_id, dose_number),
    UNIQUE (hb, dose_id)
) /* by hb */;

-- Doses that were taken back, and why.
CREATE TABLE undone_dose (
    hb             INTEGER  NOT NULL,  -- home bucket
    dose_id        UUID     NOT NULL,  -- the dose
    beneficiary_id BIGINT   NOT NULL,  -- whose
    dose_number    SMALLINT NOT NULL,  -- which place it had
    reason         BYTEA    NOT NULL,  -- sealed reason
    undone_by      UUID     NOT NULL,  -- staff id
    undone_at      BIGINT   NOT NULL,  -- ms
    PRIMARY KEY (hb, dose_id)
) /* by hb */;

-- Signed certificates.
CREATE TABLE certificate (
    hb             INTEGER  NOT NULL,  -- home bucket
    certificate_id UUID     NOT NULL,  -- unguessable
    beneficiary_id BIGINT   NOT NULL,  -- whose
    dose_number    SMALLINT NOT NULL,  -- of which dose
    sealed         BYTEA    NOT NULL,  -- sealed signed text
    issued_at      BIGINT   NOT NULL,  -- ms
    withdrawn_at   BIGINT,             -- when it was withdrawn, ms
    PRIMARY KEY (hb, certificate_id)
) /* by hb */;
CREATE INDEX certificate_beneficiary ON certificate (hb, beneficiary_id, dose_number);

-- Adverse events following immunization.
CREATE TABLE aefi (
    hb             INTEGER  NOT NULL,  -- home bucket
    aefi_id        UUID     NOT NULL,  -- id
    beneficiary_id BIGINT   NOT NULL,  -- whose
    dose_number    SMALLINT NOT NULL,  -- after which dose
    note           BYTEA    NOT NULL,  -- sealed note
    noted_by       UUID     NOT NULL,  -- staff id
    noted_at       BIGINT   NOT NULL,  -- ms
    PRIMARY KEY (hb, aefi_id)
) /* by hb */;

-- Answers already given to requests with an idempotency key.
CREATE TABLE idempotency (
    hb             INTEGER  NOT NULL,  -- home bucket of the account
    key_digest     BYTEA    NOT NULL,  -- keyed digest of account and key
    request_digest BYTEA    NOT NULL,  -- keyed digest of the request
    answer         SMALLINT NOT NULL,  -- 0 booked 1 full 2 held
    detail         BIGINT,             -- with "held": the beneficiary
    expires_at     BIGINT   NOT NULL,  -- ms
    PRIMARY KEY (hb, key_digest)
) /* by hb */;
CREATE INDEX idempotency_expires ON idempotency (expires_at);

-- One-time passwords on their way.
CREATE TABLE sign_in_code (
    hb           INTEGER  NOT NULL,  -- bucket of the mobile
    code_id      UUID     NOT NULL,  -- the transaction
    mobile_index BYTEA    NOT NULL,  -- keyed digest of the mobile
    mobile       BYTEA    NOT NULL,  -- sealed mobile
    code         BYTEA    NOT NULL,  -- keyed digest of the password
    audience     SMALLINT NOT NULL,  -- what it lets one do
    sent_at      BIGINT   NOT NULL,  -- ms
    expires_at   BIGINT   NOT NULL,  -- ms
    tries        SMALLINT NOT NULL,  -- wrong tries
    used         BOOLEAN  NOT NULL,  -- once spent
    PRIMARY KEY (hb, code_id)
) /* by hb */;
CREATE INDEX sign_in_code_mobile ON sign_in_code (hb, mobile_index);
CREATE INDEX sign_in_code_expires ON sign_in_code (expires_at);

-- Counters for limits.
CREATE TABLE counter (
    hb         INTEGER NOT NULL,  -- first 16 bits of the digest
    key_digest BYTEA   NOT NULL,  -- keyed digest of what is counted
    window_at  BIGINT  NOT NULL,  -- begin of the span, ms
    count      BIGINT  NOT NULL,  -- how much
    expires_at BIGINT  NOT NULL,  -- ms
    PRIMARY KEY (hb, key_digest, window_at)
) /* by hb */;
CREATE INDEX counter_expires ON counter (expires_at);

-- People who work on the platform.
CREATE TABLE staff (
    hb           INTEGER NOT NULL,  -- bucket of the mobile
    mobile_index BYTEA   NOT NULL,  -- keyed digest of the mobile
    staff_id     UUID    NOT NULL,  -- id
    wrapped_key  BYTEA   NOT NULL,  -- data key, wrapped
    name         BYTEA   NOT NULL,  -- sealed name
    role         TEXT    NOT NULL,  -- what they are
    facility_id  BIGINT,            -- where, for those of a facility
    district_id  INTEGER,           -- where, for those of a district
    state_id     INTEGER,           -- where, for those of a state
    active       BOOLEAN NOT NULL,  -- whether they may sign in
    PRIMARY KEY (hb, mobile_index)
) /* by hb */;

-- Messages to be delivered; a delivered one is deleted.
CREATE TABLE message (
    hb         INTEGER NOT NULL,  -- bucket of whom it goes to
    message_id UUID    NOT NULL,  -- id
    sealed     BYTEA   NOT NULL,  -- sealed address and text
    kind       TEXT    NOT NULL,  -- what it is about
    written_at BIGINT  NOT NULL,  -- ms
    due_at     BIGINT  NOT NULL,  -- when to try next, ms
    tries      INTEGER NOT NULL,  -- how often delivery was tried
    PRIMARY KEY (hb, message_id)
) /* by hb */;
CREATE INDEX message_due ON message (due_at);

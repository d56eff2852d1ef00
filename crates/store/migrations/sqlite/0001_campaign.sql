-- The campaign: places, sessions and seats, people, claims, doses, certificates, sign-in codes and
-- the outbox. Instants are milliseconds since 1970 UTC; days are counted from 1970-01-01. Bytes
-- named "sealed" are AES-256-GCM under a person's key or the message key; "index" columns are keyed
-- digests. Rows are kept in the order of arrival, so that a burst fills neighbouring pages.

-- States and union territories.
CREATE TABLE state (
    state_id INTEGER PRIMARY KEY,  -- number in the Co-WIN contract
    name     TEXT NOT NULL,        -- English name
    name_hi  TEXT NOT NULL         -- Hindi name, empty if not known
) STRICT;

-- Districts.
CREATE TABLE district (
    district_id INTEGER PRIMARY KEY,                                -- number in the contract
    state_id    INTEGER NOT NULL REFERENCES state (state_id),       -- the state it belongs to
    name        TEXT    NOT NULL,                                   -- English name
    name_hi     TEXT    NOT NULL,                                   -- Hindi name, may be empty
    lgd_code    INTEGER                                             -- Local Government Directory
) STRICT;

-- Post offices of the published PIN code directory.
CREATE TABLE postal_place (
    pincode     INTEGER NOT NULL,  -- six digits
    name        TEXT    NOT NULL,  -- name of the office
    district_id INTEGER,           -- the district, if its name could be matched
    latitude    REAL,              -- degrees north, if known
    longitude   REAL,              -- degrees east, if known
    PRIMARY KEY (pincode, name)
) STRICT, WITHOUT ROWID;

-- Versions of the rules file.
CREATE TABLE rules (
    version TEXT PRIMARY KEY,   -- the file's own version
    body    TEXT    NOT NULL,   -- the file
    put_at  INTEGER NOT NULL    -- when it was given, ms
) STRICT;

-- Places that hold sessions.
CREATE TABLE facility (
    facility_id INTEGER PRIMARY KEY,  -- center_id in the contract
    name        TEXT    NOT NULL,     -- name
    address     TEXT    NOT NULL,     -- street address of the facility
    block       TEXT    NOT NULL,     -- block of the district
    district_id INTEGER NOT NULL,     -- district
    pincode     INTEGER NOT NULL,     -- six digits
    latitude    REAL,                 -- degrees north, if known
    longitude   REAL,                 -- degrees east, if known
    opens       INTEGER NOT NULL,     -- minutes after midnight
    closes      INTEGER NOT NULL,     -- minutes after midnight
    paid        INTEGER NOT NULL,     -- 1 if it charges
    changed_at  INTEGER NOT NULL      -- last change, ms
) STRICT;
CREATE INDEX facility_changed ON facility (changed_at);

-- Planned times of vaccination.
CREATE TABLE session (
    session_id  BLOB    PRIMARY KEY,                                     -- 16-byte UUID
    facility_id INTEGER NOT NULL REFERENCES facility (facility_id),      -- where
    held_on     INTEGER NOT NULL,                                        -- day
    vaccine     TEXT    NOT NULL,                                        -- name in the contract
    min_age     INTEGER NOT NULL,                                        -- years
    max_age     INTEGER,                                                 -- years, if limited
    fee         INTEGER NOT NULL,                                        -- rupees
    state       INTEGER NOT NULL,                                        -- 0 open 1 stopped 2 cancelled
    slots       TEXT    NOT NULL,                                        -- "540-660,660-780": minutes
    changed_at  INTEGER NOT NULL                                         -- last change, ms
) STRICT;
CREATE INDEX session_facility ON session (facility_id, held_on);
CREATE INDEX session_changed ON session (changed_at);
CREATE INDEX session_cancelled ON session (facility_id) WHERE state = 2;

-- Seats that are given away together. The check is a tripwire; the guard is in the statement.
CREATE TABLE seat_pool (
    session_id  BLOB    NOT NULL REFERENCES session (session_id),  -- the session
    pool        INTEGER NOT NULL,                                  -- number of the pool
    on_site     INTEGER NOT NULL,                                  -- 0 online 1 on site
    dose_number INTEGER NOT NULL,                                  -- for which dose
    slot        INTEGER,                                           -- only slot, or any
    capacity    INTEGER NOT NULL,                                  -- seats
    booked      INTEGER NOT NULL DEFAULT 0,                        -- seats taken
    changed_at  INTEGER NOT NULL,                                  -- last change, ms
    PRIMARY KEY (session_id, pool),
    CHECK (booked BETWEEN 0 AND capacity)
) STRICT, WITHOUT ROWID;
CREATE INDEX seat_pool_changed ON seat_pool (changed_at);

-- Appointments as the facility keeps them: tombstones of cancelled and refused ones stay.
CREATE TABLE booking (
    appointment_id BLOB    NOT NULL,  -- 16-byte UUID
    leg            INTEGER NOT NULL,  -- counted up with every move
    beneficiary_id INTEGER NOT NULL,  -- 14-digit number
    facility_id    INTEGER NOT NULL,  -- where
    session_id     BLOB    NOT NULL,  -- which session
    pool           INTEGER NOT NULL,  -- from which pool
    slot           INTEGER NOT NULL,  -- for which slot
    dose_number    INTEGER NOT NULL,  -- for which dose
    account_id     BLOB    NOT NULL,  -- 16-byte UUID
    state          INTEGER NOT NULL,  -- 0 booked 1 cancelled 2 full 3 done
    PRIMARY KEY (session_id, appointment_id, leg, beneficiary_id)
) STRICT, WITHOUT ROWID;

-- Counts of events.
CREATE TABLE tally (
    facility_id INTEGER NOT NULL,  -- where; negative for what has no place
    counted_on  INTEGER NOT NULL,  -- day
    measure     TEXT    NOT NULL,  -- what
    count       INTEGER NOT NULL,  -- how often
    PRIMARY KEY (facility_id, counted_on, measure)
) STRICT, WITHOUT ROWID;

-- The people who share a mobile.
CREATE TABLE account (
    account_id   BLOB    NOT NULL UNIQUE,  -- 16-byte UUID, derived from the mobile's index
    mobile_index BLOB    NOT NULL,         -- keyed digest of the mobile
    wrapped_key  BLOB    NOT NULL,         -- data key, wrapped
    mobile       BLOB    NOT NULL,         -- sealed mobile
    opened_at    INTEGER NOT NULL          -- ms
) STRICT;

-- People.
CREATE TABLE beneficiary (
    beneficiary_id INTEGER NOT NULL UNIQUE,  -- 14-digit number, shown only permuted
    account_id     BLOB    NOT NULL,         -- whose mobile they use
    wrapped_key    BLOB    NOT NULL,         -- data key, wrapped
    name           BLOB    NOT NULL,         -- sealed name
    birth_year     BLOB    NOT NULL,         -- sealed year of birth
    gender         BLOB    NOT NULL,         -- sealed gender
    document       BLOB    NOT NULL,         -- sealed identity document
    comorbidity    BLOB    NOT NULL,         -- sealed statement about priority
    document_index BLOB    NOT NULL UNIQUE,  -- keyed digest of the document
    registered_at  INTEGER NOT NULL,         -- ms
    verified_at    INTEGER,                  -- when the identity was checked, ms
    verified_by    BLOB                      -- by whom
) STRICT;
CREATE INDEX beneficiary_account ON beneficiary (account_id);

-- One live claim of a person on a seat for a dose.
CREATE TABLE dose_claim (
    beneficiary_id  INTEGER NOT NULL,  -- whose
    dose_number     INTEGER NOT NULL,  -- for which dose
    appointment_id  BLOB    NOT NULL,  -- the appointment
    leg             INTEGER NOT NULL,  -- which of its seats
    account_id      BLOB    NOT NULL,  -- whose mobile
    facility_id     INTEGER NOT NULL,  -- the seat: where
    session_id      BLOB    NOT NULL,  -- the seat: which session
    pool            INTEGER NOT NULL,  -- the seat: from which pool
    slot            INTEGER NOT NULL,  -- the seat: for which slot
    held_on         INTEGER NOT NULL,  -- the session's day
    state           INTEGER NOT NULL,  -- 0 pending 1 confirmed 2 cancelling 3 moving 4 done
    changed_at      INTEGER NOT NULL,  -- last change, ms
    PRIMARY KEY (beneficiary_id, dose_number)
) STRICT, WITHOUT ROWID;

-- Claims that were given back, so that cancelling twice has the same answer.
CREATE TABLE past_claim (
    appointment_id BLOB    NOT NULL,  -- the appointment
    beneficiary_id INTEGER NOT NULL,  -- whose
    account_id     BLOB    NOT NULL,  -- whose mobile
    PRIMARY KEY (appointment_id, beneficiary_id)
) STRICT, WITHOUT ROWID;

-- Administered doses.
CREATE TABLE dose (
    dose_id        BLOB    NOT NULL UNIQUE,  -- 16-byte UUID, chosen by who records it
    beneficiary_id INTEGER NOT NULL,         -- to whom
    dose_number    INTEGER NOT NULL,         -- place in the series
    facility_id    INTEGER NOT NULL,         -- where
    appointment_id BLOB,                     -- the appointment it was given on
    vaccine        TEXT    NOT NULL,         -- name in the contract
    lot            TEXT    NOT NULL,         -- maker's production lot
    vaccinator     TEXT    NOT NULL,         -- as printed on the certificate
    given_on       INTEGER NOT NULL,         -- local day
    recorded_at    INTEGER NOT NULL,         -- ms
    UNIQUE (beneficiary_id, dose_number)
) STRICT;

-- Doses that were taken back, and why.
CREATE TABLE undone_dose (
    dose_id        BLOB    PRIMARY KEY,  -- the dose
    beneficiary_id INTEGER NOT NULL,     -- whose
    dose_number    INTEGER NOT NULL,     -- which place it had
    reason         BLOB    NOT NULL,     -- sealed reason
    undone_by      BLOB    NOT NULL,     -- staff id
    undone_at      INTEGER NOT NULL      -- ms
) STRICT;

-- Signed certificates.
CREATE TABLE certificate (
    certificate_id BLOB    NOT NULL UNIQUE,  -- 16-byte UUID, unguessable
    beneficiary_id INTEGER NOT NULL,         -- whose
    dose_number    INTEGER NOT NULL,         -- of which dose
    sealed         BLOB    NOT NULL,         -- sealed signed text
    issued_at      INTEGER NOT NULL,         -- ms
    withdrawn_at   INTEGER                   -- when it was withdrawn, ms
) STRICT;
CREATE INDEX certificate_beneficiary ON certificate (beneficiary_id, dose_number);

-- Adverse events following immunization.
CREATE TABLE aefi (
    aefi_id        BLOB    PRIMARY KEY,  -- 16-byte UUID
    beneficiary_id INTEGER NOT NULL,     -- whose
    dose_number    INTEGER NOT NULL,     -- after which dose
    note           BLOB    NOT NULL,     -- sealed note
    noted_by       BLOB    NOT NULL,     -- staff id
    noted_at       INTEGER NOT NULL      -- ms
) STRICT;

-- Answers already given to requests with an idempotency key.
CREATE TABLE idempotency (
    key_digest     BLOB    PRIMARY KEY,  -- keyed digest of account and key
    request_digest BLOB    NOT NULL,     -- keyed digest of the request
    answer         INTEGER NOT NULL,     -- 0 booked 1 full 2 held
    detail         INTEGER,              -- with "held": the beneficiary
    expires_at     INTEGER NOT NULL      -- ms
) STRICT, WITHOUT ROWID;

-- One-time passwords on their way.
CREATE TABLE sign_in_code (
    code_id      BLOB    PRIMARY KEY,  -- 16-byte UUID, the transaction
    mobile_index BLOB    NOT NULL,     -- keyed digest of the mobile
    mobile       BLOB    NOT NULL,     -- sealed mobile
    code         BLOB    NOT NULL,     -- keyed digest of the password
    audience     INTEGER NOT NULL,     -- what it lets one do
    sent_at      INTEGER NOT NULL,     -- ms
    expires_at   INTEGER NOT NULL,     -- ms
    tries        INTEGER NOT NULL,     -- wrong tries
    used         INTEGER NOT NULL      -- 1 once spent
) STRICT;
CREATE INDEX sign_in_code_mobile ON sign_in_code (mobile_index);
CREATE INDEX sign_in_code_expires ON sign_in_code (expires_at);

-- Counters for limits.
CREATE TABLE counter (
    key_digest BLOB    NOT NULL,  -- keyed digest of what is counted
    window_at  INTEGER NOT NULL,  -- begin of the span, ms
    count      INTEGER NOT NULL,  -- how much
    expires_at INTEGER NOT NULL,  -- ms
    PRIMARY KEY (key_digest, window_at)
) STRICT, WITHOUT ROWID;

-- People who work on the platform.
CREATE TABLE staff (
    mobile_index BLOB    PRIMARY KEY,      -- keyed digest of the mobile
    staff_id     BLOB    NOT NULL UNIQUE,  -- 16-byte UUID
    wrapped_key  BLOB    NOT NULL,         -- data key, wrapped
    name         BLOB    NOT NULL,         -- sealed name
    role         TEXT    NOT NULL,         -- what they are
    facility_id  INTEGER,                  -- where, for those of a facility
    district_id  INTEGER,                  -- where, for those of a district
    state_id     INTEGER,                  -- where, for those of a state
    active       INTEGER NOT NULL          -- 1 if they may sign in
) STRICT;

-- Messages to be delivered; a delivered one is deleted.
CREATE TABLE message (
    message_id BLOB    PRIMARY KEY,  -- 16-byte UUID
    sealed     BLOB    NOT NULL,     -- sealed address and text
    kind       TEXT    NOT NULL,     -- what it is about
    written_at INTEGER NOT NULL,     -- ms
    due_at     INTEGER NOT NULL,     -- when to try next, ms
    tries      INTEGER NOT NULL      -- how often delivery was tried
) STRICT;
CREATE INDEX message_due ON message (due_at);

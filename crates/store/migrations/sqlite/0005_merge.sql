-- Certificates are also withdrawn, for reason 2, as two records of one person became one.

-- Records that went into another one of the same person. What a person can do, they do with a record
-- in "beneficiary", where these are no more; their document stays theirs.
CREATE TABLE merged_beneficiary (
    beneficiary_id INTEGER PRIMARY KEY,      -- 14-digit number
    account_id     BLOB    NOT NULL,         -- whose mobile it used
    wrapped_key    BLOB    NOT NULL,         -- data key, wrapped: its certificates and notes are under it
    name           BLOB    NOT NULL,         -- sealed name
    birth_year     BLOB    NOT NULL,         -- sealed year of birth
    gender         BLOB    NOT NULL,         -- sealed gender
    document       BLOB    NOT NULL,         -- sealed identity document
    comorbidity    BLOB    NOT NULL,         -- sealed statement about priority
    document_index BLOB    NOT NULL UNIQUE,  -- keyed digest of the document
    registered_at  INTEGER NOT NULL,         -- ms
    verified_at    INTEGER,                  -- when the identity was checked, ms
    verified_by    BLOB,                     -- by whom
    changes        INTEGER NOT NULL,         -- how often the details were changed
    merge_id       BLOB    NOT NULL,         -- 16-byte UUID, of the merge
    merged_into    INTEGER NOT NULL,         -- the record that stays
    merged_by      BLOB,                     -- staff id, or none if the resident did
    merged_at      INTEGER NOT NULL          -- ms
) STRICT;

-- Doses as they were in the record that went. Notes of adverse events name a dose by that record and
-- number.
CREATE TABLE merged_dose (
    beneficiary_id INTEGER NOT NULL,  -- the record that went
    dose_number    INTEGER NOT NULL,  -- place it had there
    dose_id        BLOB    NOT NULL,  -- 16-byte UUID
    facility_id    INTEGER NOT NULL,  -- where
    appointment_id BLOB,              -- the appointment it was given on
    vaccine        TEXT    NOT NULL,  -- name in the contract
    lot            TEXT    NOT NULL,  -- maker's production lot
    vaccinator     TEXT    NOT NULL,  -- as printed on the certificate
    given_on       INTEGER NOT NULL,  -- local day
    recorded_at    INTEGER NOT NULL,  -- ms
    PRIMARY KEY (beneficiary_id, dose_number)
) STRICT, WITHOUT ROWID;

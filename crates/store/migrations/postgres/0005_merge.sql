-- Certificates are also withdrawn, for reason 2, as two records of one person became one.

-- Records that went into another one of the same person. What a person can do, they do with a record
-- in "beneficiary", where these are no more; their document stays theirs.
CREATE TABLE merged_beneficiary (
    hb             INTEGER  NOT NULL,  -- home bucket
    beneficiary_id BIGINT   NOT NULL,  -- 14-digit number
    account_id     UUID     NOT NULL,  -- whose mobile it used
    place          SMALLINT NOT NULL,  -- order in the account
    wrapped_key    BYTEA    NOT NULL,  -- data key, wrapped: its certificates and notes are under it
    name           BYTEA    NOT NULL,  -- sealed name
    birth_year     BYTEA    NOT NULL,  -- sealed year of birth
    gender         BYTEA    NOT NULL,  -- sealed gender
    document       BYTEA    NOT NULL,  -- sealed identity document
    comorbidity    BYTEA    NOT NULL,  -- sealed statement about priority
    document_index BYTEA    NOT NULL,  -- keyed digest of the document
    registered_at  BIGINT   NOT NULL,  -- ms
    verified_at    BIGINT,             -- when the identity was checked, ms
    verified_by    UUID,               -- by whom
    changes        INTEGER  NOT NULL,  -- how often the details were changed
    merge_id       UUID     NOT NULL,  -- the merge
    merged_into    BIGINT   NOT NULL,  -- the record that stays
    merged_by      UUID,               -- staff id, or none if the resident did
    merged_at      BIGINT   NOT NULL,  -- ms
    key_digest     BYTEA,              -- keyed digest of account and idempotency key, if there was one
    request_digest BYTEA,              -- keyed digest of the request, in that case
    leased_at      BIGINT   NOT NULL,  -- begin, or lease of who completes it, ms
    settled        BOOLEAN  NOT NULL,  -- whether it is over
    PRIMARY KEY (hb, beneficiary_id)
) /* by hb */;
CREATE INDEX merged_beneficiary_account ON merged_beneficiary (hb, account_id);
CREATE INDEX merged_beneficiary_motion ON merged_beneficiary (leased_at) WHERE NOT settled;

-- Doses as they were in the record that went. Notes of adverse events name a dose by that record and
-- number. Until a merge is over nothing else may have them.
CREATE TABLE merged_dose (
    hb             INTEGER  NOT NULL,  -- home bucket
    beneficiary_id BIGINT   NOT NULL,  -- the record that went
    dose_number    SMALLINT NOT NULL,  -- place it had there
    dose_id        UUID     NOT NULL,  -- chosen by who recorded it
    facility_id    BIGINT   NOT NULL,  -- where
    appointment_id UUID,               -- the appointment it was given on
    vaccine        TEXT     NOT NULL,  -- name in the contract
    lot            TEXT     NOT NULL,  -- maker's production lot
    vaccinator     TEXT     NOT NULL,  -- as printed on the certificate
    given_on       INTEGER  NOT NULL,  -- local day
    recorded_at    BIGINT   NOT NULL,  -- ms
    PRIMARY KEY (hb, beneficiary_id, dose_number)
) /* by hb */;

-- What became of merges, where the record is kept that stays. The first word on one is the last.
CREATE TABLE merge_outcome (
    hb             INTEGER NOT NULL,  -- home bucket
    merge_id       UUID    NOT NULL,  -- the merge
    beneficiary_id BIGINT  NOT NULL,  -- the record that stays
    done           BOOLEAN NOT NULL,  -- whether it has the doses, or never will
    decided_at     BIGINT  NOT NULL,  -- ms
    PRIMARY KEY (hb, merge_id)
) /* by hb */;

-- Certificates are withdrawn for more than one reason, and whoever publishes the list of them reads
-- it in order.
ALTER TABLE certificate ADD COLUMN
    withdrawn_because SMALLINT NOT NULL DEFAULT 0;  -- 0 its dose was taken back 1 the details were corrected
CREATE INDEX certificate_withdrawn ON certificate (withdrawn_at, certificate_id) WHERE withdrawn_at IS NOT NULL;

-- A person's details count their changes, so that no certificate is kept that was signed from others.
ALTER TABLE beneficiary ADD COLUMN
    changes INTEGER NOT NULL DEFAULT 0;  -- counted up with each change of the details

-- Corrections of a person's details after their first dose.
CREATE TABLE correction (
    hb             INTEGER  NOT NULL,  -- home bucket
    beneficiary_id BIGINT   NOT NULL,  -- whose
    correction_id  UUID     NOT NULL,  -- derived from the request
    request_digest BYTEA    NOT NULL,  -- keyed digest of the request
    fields         SMALLINT NOT NULL,  -- sum of 1 name 2 year of birth 4 gender
    corrected_at   BIGINT   NOT NULL,  -- ms
    PRIMARY KEY (hb, beneficiary_id, correction_id)
) /* by hb */;

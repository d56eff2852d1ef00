-- Doses that were recorded while the key that signs certificates was away. Each has a row here until
-- its certificate is kept, the dose is taken back, or a correction signs every dose anew.
CREATE TABLE owed_certificate (
    hb             INTEGER NOT NULL,  -- home bucket
    beneficiary_id BIGINT  NOT NULL,  -- whose
    dose_id        UUID    NOT NULL,  -- of which dose
    owed_since     BIGINT  NOT NULL,  -- when the dose was recorded, ms
    PRIMARY KEY (hb, beneficiary_id, dose_id)
) /* by hb */;
CREATE INDEX owed_certificate_since ON owed_certificate (owed_since, dose_id);

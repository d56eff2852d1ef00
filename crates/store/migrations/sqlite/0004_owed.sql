-- Doses that were recorded while the key that signs certificates was away. Each has a row here until
-- its certificate is kept, the dose is taken back, or a correction signs every dose anew.
CREATE TABLE owed_certificate (
    beneficiary_id INTEGER NOT NULL,  -- whose
    dose_id        BLOB    NOT NULL,  -- of which dose
    owed_since     INTEGER NOT NULL,  -- when the dose was recorded, ms
    PRIMARY KEY (beneficiary_id, dose_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX owed_certificate_since ON owed_certificate (owed_since, dose_id);

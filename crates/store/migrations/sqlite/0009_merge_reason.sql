-- Staff merge two records of who stands before them, and say why.
ALTER TABLE merged_beneficiary ADD COLUMN
    merged_because BLOB;  -- sealed reason, or none if the resident merged them

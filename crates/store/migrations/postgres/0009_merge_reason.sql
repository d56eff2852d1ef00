-- Staff merge two records of who stands before them, and say why. And a record that comes back, as its
-- merge stopped between two steps, comes back with what was given for travel.
ALTER TABLE merged_beneficiary ADD COLUMN
    merged_because BYTEA;      -- sealed reason, or none if the resident merged them
ALTER TABLE merged_beneficiary ADD COLUMN
    travel_born_on BYTEA;      -- sealed day of birth; until the merge is over
ALTER TABLE merged_beneficiary ADD COLUMN
    travel_passport BYTEA;     -- sealed number of the passport; until the merge is over
ALTER TABLE merged_beneficiary ADD COLUMN
    travel_nationality BYTEA;  -- sealed nationality in the passport; until the merge is over

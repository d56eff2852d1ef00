-- What only a certificate for travel needs to know of a person: there while they want it, all of it or
-- nothing.
ALTER TABLE beneficiary ADD COLUMN
    travel_born_on BYTEA;      -- sealed day of birth
ALTER TABLE beneficiary ADD COLUMN
    travel_passport BYTEA;     -- sealed number of the passport
ALTER TABLE beneficiary ADD COLUMN
    travel_nationality BYTEA;  -- sealed nationality in the passport

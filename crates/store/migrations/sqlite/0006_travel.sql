-- What only a certificate for travel needs to know of a person: there while they want it, all of it or
-- nothing.
ALTER TABLE beneficiary ADD COLUMN
    travel_born_on BLOB;      -- sealed day of birth
ALTER TABLE beneficiary ADD COLUMN
    travel_passport BLOB;     -- sealed number of the passport
ALTER TABLE beneficiary ADD COLUMN
    travel_nationality BLOB;  -- sealed nationality in the passport

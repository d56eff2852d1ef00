-- The WHO's certificate names who answers for somebody that cannot answer for themselves, such as a
-- child. There only beside the other details for travel, and only if it was given.
ALTER TABLE beneficiary ADD COLUMN
    travel_guardian BYTEA;  -- sealed name of a parent or guardian, or none
ALTER TABLE merged_beneficiary ADD COLUMN
    travel_guardian BYTEA;  -- the same, until the merge is over

-- The WHO's certificate names who answers for somebody that cannot answer for themselves, such as a
-- child. There only beside the other details for travel, and only if it was given.
ALTER TABLE beneficiary ADD COLUMN
    travel_guardian BLOB;  -- sealed name of a parent or guardian, or none

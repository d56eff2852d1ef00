-- Lists of people that came in: files that somebody prepared for us, each once.
CREATE TABLE list (
    list_no     INTEGER PRIMARY KEY,   -- counted from 1
    file_digest BYTEA   NOT NULL,      -- SHA-256 of the file
    file_rows   BIGINT  NOT NULL,      -- how many people it names
    facility_id BIGINT,                -- whose people they are, if it was told
    district_id INTEGER,               -- the same of a district
    came_at     BIGINT  NOT NULL,      -- when it came, ms
    UNIQUE (file_digest)
) /* reference */;

-- From which of them somebody was first registered.
ALTER TABLE beneficiary ADD COLUMN
    list_no INTEGER;  -- the list; none for who was registered otherwise
ALTER TABLE merged_beneficiary ADD COLUMN
    list_no INTEGER;  -- the list; none for who was registered otherwise

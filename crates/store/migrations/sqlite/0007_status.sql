-- Where status lists say whether a credential is withdrawn: an entry for each that was given out. It is
-- withdrawn as soon as the certificate is that it was made of; nothing is written here for that.
CREATE TABLE status_entry (
    bucket         INTEGER NOT NULL,  -- home bucket of the person
    list           INTEGER NOT NULL,  -- number of the list, from 0
    slot           INTEGER NOT NULL,  -- one of the bucket's in that list, drawn at random
    certificate_id BLOB    NOT NULL,  -- 16-byte UUID, of the certificate
    nth            INTEGER NOT NULL,  -- 0 for the entry that is kept, from 1 for those of single use
    allotted_at    INTEGER NOT NULL,  -- ms
    PRIMARY KEY (bucket, list, slot),
    UNIQUE (certificate_id, nth)
) STRICT, WITHOUT ROWID;
CREATE INDEX status_entry_list ON status_entry (list);

-- Where status lists say whether a credential is withdrawn: an entry for each that was given out. It is
-- withdrawn as soon as the certificate is that it was made of; nothing is written here for that.
CREATE TABLE status_entry (
    hb             INTEGER  NOT NULL,  -- home bucket
    list           INTEGER  NOT NULL,  -- number of the list, from 0
    slot           SMALLINT NOT NULL,  -- one of the bucket's in that list, drawn at random
    certificate_id UUID     NOT NULL,  -- of the certificate
    nth            SMALLINT NOT NULL,  -- 0 for the entry that is kept, from 1 for those of single use
    allotted_at    BIGINT   NOT NULL,  -- ms
    PRIMARY KEY (hb, list, slot),
    UNIQUE (hb, certificate_id, nth)
) /* by hb */;
CREATE INDEX status_entry_list ON status_entry (list);

-- What the law asks with a clock: records that must not go, what two people let go together, and
-- incidents with their deadlines.

-- Records that must not go, by an order: nobody erases them, and the list of who opened them stays, until
-- the hold is lifted.
CREATE TABLE legal_hold (
    hb             INTEGER NOT NULL,  -- home bucket
    hold_id        UUID    NOT NULL,  -- the hold
    beneficiary_id BIGINT  NOT NULL,  -- whose record
    person         UUID    NOT NULL,  -- 16 bytes by which the vault knows them
    sealed         BYTEA   NOT NULL,  -- who ordered it and in which case, sealed
    held_at        BIGINT  NOT NULL,  -- ms
    lifted_at      BIGINT,            -- when it was lifted, ms
    PRIMARY KEY (hb, hold_id)
) /* by hb */;
CREATE INDEX legal_hold_person ON legal_hold (hb, person) WHERE lifted_at IS NULL;
CREATE INDEX legal_hold_lifted ON legal_hold (lifted_at) WHERE lifted_at IS NOT NULL;

-- What one person lets go and another one agrees to.
CREATE TABLE joint_release (
    hb        INTEGER  NOT NULL,  -- home bucket: the first 16 bits of the subject
    subject   UUID     NOT NULL,  -- what it is about
    kind      SMALLINT NOT NULL,  -- 0 an erasure 1 the notices of an incident
    first_by  UUID     NOT NULL,  -- staff id
    first_at  BIGINT   NOT NULL,  -- ms
    second_by UUID,               -- staff id of the second person
    second_at BIGINT,             -- ms
    PRIMARY KEY (hb, subject, kind)
) /* by hb */;
CREATE INDEX joint_release_first ON joint_release (first_at);

-- Incidents: what happened is sealed, by when who is told is not.
CREATE TABLE incident (
    hb           INTEGER NOT NULL,  -- home bucket: the first 16 bits of the id
    incident_id  UUID    NOT NULL,  -- the incident
    sealed       BYTEA   NOT NULL,  -- what happened, sealed
    people       BIGINT  NOT NULL,  -- how many are affected
    noticed_at   BIGINT  NOT NULL,  -- when it was noticed, ms
    confirmed_at BIGINT  NOT NULL,  -- when it was confirmed, ms
    report_by    BIGINT  NOT NULL,  -- until then CERT-In is to know, ms
    tell_by      BIGINT  NOT NULL,  -- until then everybody affected is to be told, ms
    file_by      BIGINT  NOT NULL,  -- until then the Board is to have its file, ms
    reported_at  BIGINT,            -- when CERT-In was told, ms
    told_at      BIGINT,            -- when the notices went to the outbox, ms
    filed_at     BIGINT,            -- when the Board had its file, ms
    closed_at    BIGINT,            -- ms
    PRIMARY KEY (hb, incident_id)
) /* by hb */;
CREATE INDEX incident_closed ON incident (closed_at) WHERE closed_at IS NOT NULL;

-- Who is affected by an incident, in parts, sealed.
CREATE TABLE incident_part (
    hb          INTEGER NOT NULL,  -- home bucket: the first 16 bits of the id
    incident_id UUID    NOT NULL,  -- the incident
    part        INTEGER NOT NULL,  -- the how-manyth part, from 0
    sealed      BYTEA   NOT NULL,  -- numbers of people and their accounts, sealed
    closed_at   BIGINT,            -- when the incident was closed, ms
    PRIMARY KEY (hb, incident_id, part)
) /* by hb */;
CREATE INDEX incident_part_closed ON incident_part (closed_at) WHERE closed_at IS NOT NULL;

-- What goes after its time is found by it.
CREATE INDEX access_entry_opened ON access_entry (opened_at);
CREATE INDEX erasure_erased ON erasure (erased_at) WHERE erased_at IS NOT NULL;

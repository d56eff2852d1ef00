-- What the law asks with a clock: records that must not go, what two people let go together, and
-- incidents with their deadlines.

-- Records that must not go, by an order: nobody erases them, and the list of who opened them stays, until
-- the hold is lifted.
CREATE TABLE legal_hold (
    hold_id        BLOB    PRIMARY KEY,  -- 16-byte UUID
    beneficiary_id INTEGER NOT NULL,     -- whose record
    person         BLOB    NOT NULL,     -- 16 bytes by which the vault knows them
    sealed         BLOB    NOT NULL,     -- who ordered it and in which case, sealed
    held_at        INTEGER NOT NULL,     -- ms
    lifted_at      INTEGER               -- when it was lifted, ms
) STRICT, WITHOUT ROWID;
CREATE INDEX legal_hold_person ON legal_hold (person) WHERE lifted_at IS NULL;
CREATE INDEX legal_hold_lifted ON legal_hold (lifted_at) WHERE lifted_at IS NOT NULL;

-- What one person lets go and another one agrees to.
CREATE TABLE joint_release (
    subject   BLOB    NOT NULL,  -- 16-byte UUID of what it is about
    kind      INTEGER NOT NULL,  -- 0 an erasure 1 the notices of an incident
    first_by  BLOB    NOT NULL,  -- staff id
    first_at  INTEGER NOT NULL,  -- ms
    second_by BLOB,              -- staff id of the second person
    second_at INTEGER,           -- ms
    PRIMARY KEY (subject, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX joint_release_first ON joint_release (first_at);

-- Incidents: what happened is sealed, by when who is told is not.
CREATE TABLE incident (
    incident_id  BLOB    PRIMARY KEY,  -- 16-byte UUID
    sealed       BLOB    NOT NULL,     -- what happened, sealed
    people       INTEGER NOT NULL,     -- how many are affected
    noticed_at   INTEGER NOT NULL,     -- when it was noticed, ms
    confirmed_at INTEGER NOT NULL,     -- when it was confirmed, ms
    report_by    INTEGER NOT NULL,     -- until then CERT-In is to know, ms
    tell_by      INTEGER NOT NULL,     -- until then everybody affected is to be told, ms
    file_by      INTEGER NOT NULL,     -- until then the Board is to have its file, ms
    reported_at  INTEGER,              -- when CERT-In was told, ms
    told_at      INTEGER,              -- when the notices went to the outbox, ms
    filed_at     INTEGER,              -- when the Board had its file, ms
    closed_at    INTEGER               -- ms
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_closed ON incident (closed_at) WHERE closed_at IS NOT NULL;

-- Who is affected by an incident, in parts, sealed.
CREATE TABLE incident_part (
    incident_id BLOB    NOT NULL,  -- 16-byte UUID
    part        INTEGER NOT NULL,  -- the how-manyth part, from 0
    sealed      BLOB    NOT NULL,  -- numbers of people and their accounts, sealed
    closed_at   INTEGER,           -- when the incident was closed, ms
    PRIMARY KEY (incident_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_part_closed ON incident_part (closed_at) WHERE closed_at IS NOT NULL;

-- What goes after its time is found by it.
CREATE INDEX access_entry_opened ON access_entry (opened_at);
CREATE INDEX erasure_erased ON erasure (erased_at) WHERE erased_at IS NOT NULL;

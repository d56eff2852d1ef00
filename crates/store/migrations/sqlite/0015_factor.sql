-- Passkeys of those who work here.
CREATE TABLE passkey (
    staff_id     BLOB    NOT NULL,  -- whose, 16-byte UUID
    passkey_id   BLOB    NOT NULL,  -- 16-byte UUID
    credential   BLOB    NOT NULL,  -- the authenticator's id for it
    public_key   BLOB    NOT NULL,  -- COSE key
    name         BLOB    NOT NULL,  -- what its owner calls it, sealed
    sign_count   INTEGER NOT NULL,  -- the counter that the authenticator showed last
    made_at      INTEGER NOT NULL,  -- ms
    used_at      INTEGER,           -- when it signed in last, ms
    PRIMARY KEY (staff_id, passkey_id),
    UNIQUE (staff_id, credential)
) STRICT, WITHOUT ROWID;

-- Secrets of apps that show codes (RFC 6238), of staff and of residents.
CREATE TABLE totp (
    holder_id BLOB    PRIMARY KEY,  -- staff id or account id, 16 bytes
    secret    BLOB    NOT NULL,     -- sealed
    last_step INTEGER NOT NULL,     -- the latest span of 30 s whose code was used
    made_at   INTEGER NOT NULL      -- ms
) STRICT, WITHOUT ROWID;

-- Where the account of somebody who works here is, and how they come to a first passkey: by a code that
-- they are handed, once.
CREATE TABLE staff_access (
    staff_id     BLOB    PRIMARY KEY,  -- 16-byte UUID
    mobile_index BLOB    NOT NULL,     -- keyed index of the mobile, by which the account is found
    code         BLOB,                 -- keyed digest of the code; none once it was used
    code_until   INTEGER NOT NULL,     -- until when it may be used, ms
    tries        INTEGER NOT NULL,     -- wrong tries
    asked_by     BLOB,                 -- staff id of who asks that all passkeys be taken away
    asked_at     INTEGER NOT NULL      -- when, ms
) STRICT, WITHOUT ROWID;

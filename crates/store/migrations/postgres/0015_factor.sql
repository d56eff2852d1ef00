-- Passkeys of those who work here.
CREATE TABLE passkey (
    hb           INTEGER NOT NULL,  -- first 16 bits of staff_id
    staff_id     UUID    NOT NULL,  -- whose, 16-byte UUID
    passkey_id   UUID    NOT NULL,  -- 16-byte UUID
    credential   BYTEA   NOT NULL,  -- the authenticator's id for it
    public_key   BYTEA   NOT NULL,  -- COSE key
    name         BYTEA   NOT NULL,  -- what its owner calls it, sealed
    sign_count   BIGINT  NOT NULL,  -- the counter that the authenticator showed last
    made_at      BIGINT  NOT NULL,  -- ms
    used_at      BIGINT,            -- when it signed in last, ms
    PRIMARY KEY (hb, staff_id, passkey_id),
    UNIQUE (hb, staff_id, credential)
) /* by hb */;

-- Secrets of apps that show codes (RFC 6238), of staff and of residents.
CREATE TABLE totp (
    hb        INTEGER NOT NULL,  -- home bucket of the holder
    holder_id UUID    NOT NULL,  -- staff id or account id
    secret    BYTEA   NOT NULL,  -- sealed
    last_step BIGINT  NOT NULL,  -- the latest span of 30 s whose code was used
    made_at   BIGINT  NOT NULL,  -- ms
    PRIMARY KEY (hb, holder_id)
) /* by hb */;

-- Where the account of somebody who works here is, and how they come to a first passkey: by a code that
-- they are handed, once.
CREATE TABLE staff_access (
    hb           INTEGER  NOT NULL,  -- first 16 bits of staff_id
    staff_id     UUID     NOT NULL,  -- 16-byte UUID
    mobile_index BYTEA    NOT NULL,  -- keyed index of the mobile, by which the account is found
    code         BYTEA,              -- keyed digest of the code; none once it was used
    code_until   BIGINT   NOT NULL,  -- until when it may be used, ms
    tries        SMALLINT NOT NULL,  -- wrong tries
    asked_by     UUID,               -- staff id of who asks that all passkeys be taken away
    asked_at     BIGINT   NOT NULL,  -- when, ms
    PRIMARY KEY (hb, staff_id)
) /* by hb */;

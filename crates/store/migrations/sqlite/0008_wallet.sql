-- Certificates offered to wallets: from the offer until the wallet has its certificate, minutes.
CREATE TABLE wallet_offer (
    offer_id         BLOB    PRIMARY KEY,  -- 16-byte UUID, the beginning of the code
    account_id       BLOB    NOT NULL,     -- 16-byte UUID of who asked for it
    beneficiary_id   INTEGER NOT NULL,     -- whose certificate
    code             BLOB    NOT NULL,     -- keyed digest of the code
    transaction_code BLOB    NOT NULL,     -- keyed digest of the six digits that were sent
    tries            INTEGER NOT NULL,     -- wrong six digits
    token            BLOB,                 -- keyed digest of the token that the code was given for
    expires_at       INTEGER NOT NULL      -- ms; of the code, then of the token
) STRICT, WITHOUT ROWID;
CREATE INDEX wallet_offer_person ON wallet_offer (beneficiary_id);
CREATE INDEX wallet_offer_expires ON wallet_offer (expires_at);

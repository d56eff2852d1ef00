-- Certificates offered to wallets: from the offer until the wallet has its certificate, minutes.
CREATE TABLE wallet_offer (
    hb               INTEGER  NOT NULL,  -- home bucket
    offer_id         UUID     NOT NULL,  -- the beginning of the code
    account_id       UUID     NOT NULL,  -- who asked for it
    beneficiary_id   BIGINT   NOT NULL,  -- whose certificate
    code             BYTEA    NOT NULL,  -- keyed digest of the code
    transaction_code BYTEA    NOT NULL,  -- keyed digest of the six digits that were sent
    tries            SMALLINT NOT NULL,  -- wrong six digits
    token            BYTEA,              -- keyed digest of the token that the code was given for
    expires_at       BIGINT   NOT NULL,  -- ms; of the code, then of the token
    PRIMARY KEY (hb, offer_id)
) /* by hb */;
CREATE INDEX wallet_offer_person ON wallet_offer (hb, beneficiary_id);
CREATE INDEX wallet_offer_expires ON wallet_offer (expires_at);

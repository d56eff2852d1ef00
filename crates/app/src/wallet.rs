//! Certificates for wallets, whose holders show as much of them as they choose: offered to a
//! resident, and issued to whichever wallet brings the offer's code, the six digits that were sent
//! to the account's mobile, and a key of its own.
//!
//! Each of these counts once. What is needed to know one again is in the store or in the thing itself,
//! under a keyed digest, so that any server can take the next step.
//!
//! # Source
//!
//! `OpenID4VCI` 1.0, the flow with a pre-authorized code.

mod secret;

use std::time::Duration;

use certs::{
    qr,
    sd_jwt::{self, check_possession},
};
use domain::id::BeneficiaryId;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use store::{NotRedeemed, OfferTry, WalletGrant, WalletOffer};
use vault::Secret;

use self::secret::Handed;
use crate::{
    Actor, Ctx, Error, Platform, Result,
    sign_in::{Span, six_digits},
};

/// The name under which the certificate is offered.
pub const CONFIGURATION: &str = "vaccination";
/// The kind of grant that an offer is.
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
/// How long an offer may be taken up.
pub const OFFER_LIFE: Duration = Duration::from_mins(5);
/// How long a token counts: longer ones would have to be bound to their wallet. Source: section 13.10.
pub const TOKEN_LIFE: Duration = Duration::from_mins(5);
/// How long a nonce may be proven over.
const NONCE_LIFE: Duration = Duration::from_mins(5);
/// Wrong six digits after which an offer is void: a chance of 3 in a million for a stolen code.
const MAX_TRIES: i16 = 3;

/// What a resident shows to their wallet.
///
/// # Privacy
///
/// Whoever has it and the six digits gets the certificate. So it has no Debug.
pub struct Offer {
    /// The link that wallets open, with the offer in it.
    pub link: String,
    /// The same as a QR code, in SVG, unless the platform's address is too long for one.
    pub picture: Option<String>,
    /// For how many seconds it may be taken up.
    pub seconds: u64,
}

/// Why a wallet gets nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// The code is not known, too old or used, or the six digits are wrong.
    #[error("the code or the transaction code is wrong, was used or has expired")]
    Grant,
    /// The token is not known, too old or used.
    #[error("the token is wrong, was used or has expired")]
    Token,
    /// The proof of the key is none.
    #[error("the proof is not one of a key of P-256, signed with ES256 for this issuer now")]
    Proof,
    /// The nonce is not one of ours, too old or used.
    #[error("the nonce is wrong, was used or has expired")]
    Nonce,
    /// There is nothing to certify any more.
    #[error("there is no certificate of this person now")]
    Denied,
    /// Something else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl Platform {
    /// Who issues certificates for wallets: the address under which verifiers find the keys.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the platform has no public address.
    pub fn wallet_issuer(&self) -> Result<&str> {
        const NONE: Error = Error::Invalid(
            "certificates for wallets are not issued here: the platform has no public https address",
        );
        self.settings.public_address.as_deref().ok_or(NONE)
    }

    /// Offers the certificate of the latest dose of a person of the resident who asks to a wallet,
    /// and sends six digits to the account's mobile. An offer that was made before is void.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or no dose is on record;
    /// [`Error::CertificateOwed`] if the dose's own certificate is not signed yet;
    /// [`Error::Invalid`] if the platform has no public address or the certificate has expired;
    /// [`Error::CodesBlocked`] beyond what a mobile may be sent in a day.
    pub async fn offer_to_wallet(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<Offer> {
        let account = ctx.resident()?;
        let record = self.record_of(account, id).await?;
        let issuer = self.wallet_issuer()?;
        let row = self.certificate_of(id, &record.doses).await?;
        self.wallet_expiry(ctx, &row)?;
        self.count_offer(ctx, &account.uuid.to_string()).await?;
        let handed = Handed::make(&self.vault, account.bucket.0, ctx);
        let digits = Secret::new(six_digits(ctx));
        let text = format!(
            "Your code for the wallet is {}. It will be valid for 5 minutes. Type it into your \
             wallet only. - CoWIN",
            digits.expose()
        );
        let offer = WalletOffer {
            id: handed.id(),
            account,
            beneficiary: id,
            code: handed.digest(&self.vault, secret::CODE),
            transaction_code: secret::digits(&self.vault, handed.id(), digits.expose()),
            expires_at: after(ctx, OFFER_LIFE),
            message: self.message_to_account(ctx, account, "wallet", text),
        };
        self.store.put_offers(&[offer]).await?;
        let link = link(issuer, &handed.text());
        Ok(Offer { picture: qr::svg(&link), link, seconds: OFFER_LIFE.as_secs() })
    }

    async fn count_offer(&self, ctx: &Ctx, account: &str) -> Result<()> {
        let Some(limits) = self.settings.limits else { return Ok(()) };
        let bump = self.bump(ctx, "wallet-offers", account, Span::Day, 1);
        if self.store.bump(&[bump]).await?[0] > limits.codes_per_mobile {
            return Err(Error::CodesBlocked { retry_after_seconds: Span::Day.left(ctx) });
        }
        Ok(())
    }

    /// Gives a token for an offer's code and its six digits, once.
    ///
    /// # Errors
    ///
    /// [`Refused::Grant`] if they are not right any more; [`Error::TooMany`] while the country's
    /// budget of failures is spent.
    pub async fn redeem_offer(
        &self,
        ctx: &Ctx,
        code: &str,
        digits: &str,
    ) -> std::result::Result<Secret<String>, Refused> {
        self.check_failures(ctx, 0).await?;
        let code = Handed::read(code).ok_or(Refused::Grant)?;
        let token = code.another(ctx);
        let tried = OfferTry {
            id: code.id(),
            bucket: code.bucket(&self.vault),
            code: code.digest(&self.vault, secret::CODE),
            typed: secret::digits(&self.vault, code.id(), digits),
            at: ctx.now,
            max_tries: MAX_TRIES,
            token: token.digest(&self.vault, secret::TOKEN),
            token_expires_at: after(ctx, TOKEN_LIFE),
        };
        let outcome = self.store.redeem_offers(&[tried]).await.map_err(Error::from)?.pop();
        match outcome.unwrap_or(Err(NotRedeemed::Unknown)) {
            Ok(()) => Ok(Secret::new(token.text())),
            Err(NotRedeemed::Wrong) => {
                self.check_failures(ctx, 1).await?;
                Err(Refused::Grant)
            }
            Err(NotRedeemed::Unknown | NotRedeemed::Expired) => Err(Refused::Grant),
        }
    }

    /// A number for a wallet to prove its key over. Nothing is kept of it until it is used.
    pub fn wallet_nonce(&self, ctx: &Ctx) -> String {
        secret::make_nonce(&self.vault, after(ctx, NONCE_LIFE), ctx.random())
    }

    /// Issues the certificate that a token is for, bound to the key that the wallet proves, once.
    ///
    /// # Errors
    ///
    /// The [`Refused`] of what is wrong, in this order: token, proof, nonce, person. A wrong proof or
    /// nonce leaves the token as it is.
    pub async fn issue_to_wallet(
        &self,
        ctx: &Ctx,
        token: &str,
        proof: &str,
    ) -> std::result::Result<String, Refused> {
        let issuer = self.wallet_issuer()?;
        let held = Handed::read(token).ok_or(Refused::Token)?;
        let token = held.as_token(&self.vault, ctx.now);
        let grant = self.store.granted(&token).await.map_err(Error::from)?.ok_or(Refused::Token)?;
        let now = ctx.now.as_second();
        let proven = check_possession(proof, issuer, now).map_err(|_| Refused::Proof)?;
        self.use_nonce(ctx, &proven.nonce).await?;
        let WalletGrant { account, beneficiary } = grant;
        let holder = ctx.acting(Actor::Resident { account });
        let signed = self.sign_for_wallet(&holder, beneficiary, &proven.key).await;
        let signed = signed.map_err(|error| match error {
            Error::NotFound | Error::Invalid(_) | Error::NotAllotted(_) => Refused::Denied,
            other => other.into(),
        })?;
        // Last, so that a key that is away costs nobody their offer; and whoever shows the same token
        // at the same time gets nothing.
        match self.store.spend_tokens(&[token]).await.map_err(Error::from)?[..] {
            [true] => Ok(signed),
            _ => Err(Refused::Token),
        }
    }

    /// Uses a nonce up.
    async fn use_nonce(&self, ctx: &Ctx, nonce: &str) -> std::result::Result<(), Refused> {
        let until = secret::read_nonce(&self.vault, nonce).ok_or(Refused::Nonce)?;
        if until <= ctx.now {
            return Err(Refused::Nonce);
        }
        let used = secret::use_of_nonce(&self.vault, nonce, until);
        let count = self.store.bump(&[used]).await.map_err(Error::from)?;
        if count[..] == [1] { Ok(()) } else { Err(Refused::Nonce) }
    }

    /// The certificate as wallets look for it, for the issuer's metadata.
    ///
    /// # Source
    ///
    /// `OpenID4VCI` 1.0, section 12.2.4 and appendices A.3 and B.2.
    pub fn wallet_configuration(&self) -> Value {
        let always = ["vaccinated", "disease"].into_iter();
        let names = always.chain(sd_jwt::FIELDS);
        let claims: Vec<_> =
            names.map(|name| json!({ "path": [name], "mandatory": true })).collect();
        json!({
            "format": "dc+sd-jwt",
            "vct": sd_jwt::TYPE,
            "scope": CONFIGURATION,
            "cryptographic_binding_methods_supported": ["jwk"],
            "credential_signing_alg_values_supported": ["ES256"],
            "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": ["ES256"] } },
            "credential_metadata": {
                "display": [{ "name": "Vaccination certificate", "locale": "en" }],
                "claims": claims,
            },
        })
    }
}

/// Everything that has a meaning in a query, is not ASCII or must not stand in an address; the rest
/// stays, which makes the code smaller. Source: RFC 3986, section 3.4.
const QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b':').remove(b'/').remove(b',');

/// The link with the offer of a code.
///
/// # Source
///
/// `OpenID4VCI` 1.0, section 4.1.
fn link(issuer: &str, code: &str) -> String {
    let offer = json!({
        "credential_issuer": issuer,
        "credential_configuration_ids": [CONFIGURATION],
        "grants": { GRANT: {
            "pre-authorized_code": code,
            "tx_code": { "length": 6, "description": "Six digits, sent by SMS" },
        } },
    });
    let offer = offer.to_string();
    format!("openid-credential-offer://?credential_offer={}", utf8_percent_encode(&offer, QUERY))
}

/// The end of a span that begins now.
fn after(ctx: &Ctx, life: Duration) -> Timestamp {
    ctx.now.saturating_add(life).unwrap_or(ctx.now)
}

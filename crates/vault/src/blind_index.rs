//! Keyed look-up of sealed values, and keyed digests for other purposes: HMAC-SHA256 under a key
//! for each, none of which the database ever sees.

use aws_lc_rs::hmac;

use crate::{derive::hmac_key, secret::Secret};

/// A column that is looked up by a keyed index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// A resident's mobile.
    Mobile,
    /// An identity document.
    IdentityDocument,
    /// A staff member's mobile.
    StaffMobile,
    /// Where a request came from.
    Source,
}

impl Index {
    /// Every column.
    pub const ALL: [Self; 4] =
        [Self::Mobile, Self::IdentityDocument, Self::StaffMobile, Self::Source];

    const fn label(self) -> &'static str {
        match self {
            Self::Mobile => "teeka/v1/index/mobile",
            Self::IdentityDocument => "teeka/v1/index/identity-document",
            Self::StaffMobile => "teeka/v1/index/staff-mobile",
            Self::Source => "teeka/v1/index/source",
        }
    }
}

/// What a keyed digest is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One-time passwords.
    OneTimePassword,
    /// Four-digit codes and proofs of presence.
    SecurityCode,
    /// Idempotency keys.
    IdempotencyKey,
    /// Keys of programs that call the platform.
    ApiKey,
    /// Ids of certificates.
    CertificateId,
    /// Names of counters.
    Counter,
    /// Links to what may be downloaded for a while.
    Link,
    /// Codes, tokens and nonces of wallets.
    Wallet,
    /// Salts under which entries of the access log commit to who acted.
    Actor,
    /// Which people are made up to see who looks for them.
    Canary,
    /// The keys under which decisions about accounts are sealed.
    Decision,
    /// Receipts of reports.
    Report,
    /// Challenges of passkeys, and codes by which staff come to a first one.
    StrongSignIn,
    /// By what lists of accesses are known in the map of their ends.
    Chain,
    /// Seeds of the keys of rolls and of questions to them, and which were used.
    Roll,
}

impl Purpose {
    pub(crate) const ALL: [Self; 15] = [
        Self::OneTimePassword,
        Self::SecurityCode,
        Self::IdempotencyKey,
        Self::ApiKey,
        Self::CertificateId,
        Self::Counter,
        Self::Link,
        Self::Wallet,
        Self::Actor,
        Self::Canary,
        Self::Decision,
        Self::Report,
        Self::StrongSignIn,
        Self::Chain,
        Self::Roll,
    ];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::OneTimePassword => "teeka/v1/mac/one-time-password",
            Self::SecurityCode => "teeka/v1/mac/security-code",
            Self::IdempotencyKey => "teeka/v1/mac/idempotency-key",
            Self::ApiKey => "teeka/v1/mac/api-key",
            Self::CertificateId => "teeka/v1/mac/certificate-id",
            Self::Counter => "teeka/v1/mac/counter",
            Self::Link => "teeka/v1/mac/link",
            Self::Wallet => "teeka/v1/mac/wallet",
            Self::Actor => "teeka/v1/mac/actor",
            Self::Decision => "teeka/v1/mac/decision",
            Self::Canary => "teeka/v1/mac/canary",
            Self::Report => "teeka/v1/mac/report",
            Self::StrongSignIn => "teeka/v1/mac/strong-sign-in",
            Self::Chain => "teeka/v1/mac/chain",
            Self::Roll => "teeka/v1/mac/roll",
        }
    }
}

/// A keyed index of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlindIndex(pub [u8; 32]);

impl BlindIndex {
    /// Its first 16 bits, big endian.
    pub const fn bucket(&self) -> u16 {
        u16::from_be_bytes([self.0[0], self.0[1]])
    }
}

/// One key for each index, in the order of their declaration. The keyholder has them.
pub(crate) struct Indexes([hmac::Key; Index::ALL.len()]);

impl Indexes {
    pub(crate) fn derive(derive: impl Fn(&str) -> Secret<[u8; 32]>) -> Self {
        Self(Index::ALL.map(|index| hmac_key(&derive(index.label()))))
    }

    pub(crate) fn index(&self, column: Index, normalised: &str) -> BlindIndex {
        BlindIndex(bytes(hmac::sign(&self.0[column as usize], normalised.as_bytes())))
    }
}

/// One key for each purpose, in the order of their declaration.
pub(crate) struct Digests([hmac::Key; Purpose::ALL.len()]);

impl Digests {
    pub(crate) fn derive(derive: impl Fn(&str) -> Secret<[u8; 32]>) -> Self {
        Self(Purpose::ALL.map(|purpose| hmac_key(&derive(purpose.label()))))
    }

    pub(crate) fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0[purpose as usize]);
        for part in parts {
            let length = u64::try_from(part.len()).expect("no slice is longer than 2^64 bytes");
            context.update(&length.to_be_bytes());
            context.update(part);
        }
        bytes(context.sign())
    }
}

fn bytes(tag: hmac::Tag) -> [u8; 32] {
    tag.as_ref().try_into().expect("HMAC-SHA256 has 32 bytes")
}

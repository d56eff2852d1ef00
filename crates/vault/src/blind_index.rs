//! Keyed look-up of sealed values, and keyed digests for other purposes: HMAC-SHA256 under a key
//! for each, none of which the database ever sees.

use aws_lc_rs::hmac;

use crate::{Secret, hmac_key};

/// A column that is looked up by a keyed index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// A resident's mobile.
    Mobile,
    /// An identity document.
    IdentityDocument,
    /// A staff member's mobile.
    StaffMobile,
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
    /// Names of counters.
    Counter,
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

/// One key for each index and purpose.
pub(crate) struct Keys {
    indexes: [hmac::Key; 3],
    purposes: [hmac::Key; 4],
}

impl Keys {
    pub(crate) fn derive(derive: impl Fn(&str) -> Secret<[u8; 32]>) -> Self {
        let key = |label: &str| hmac_key(&derive(label));
        Self {
            indexes: [
                key("teeka/v1/index/mobile"),
                key("teeka/v1/index/identity-document"),
                key("teeka/v1/index/staff-mobile"),
            ],
            purposes: [
                key("teeka/v1/mac/one-time-password"),
                key("teeka/v1/mac/security-code"),
                key("teeka/v1/mac/idempotency-key"),
                key("teeka/v1/mac/counter"),
            ],
        }
    }

    pub(crate) fn index(&self, column: Index, normalised: &str) -> BlindIndex {
        BlindIndex(bytes(hmac::sign(&self.indexes[column as usize], normalised.as_bytes())))
    }

    pub(crate) fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.purposes[purpose as usize]);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            context.update(&length.to_be_bytes());
            context.update(part);
        }
        bytes(context.sign())
    }
}

fn bytes(tag: hmac::Tag) -> [u8; 32] {
    tag.as_ref().try_into().expect("HMAC-SHA256 has 32 bytes")
}

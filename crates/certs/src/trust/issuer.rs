//! Issuers that are known by a name and keys: an address, a DID.

use std::ops::Deref;

use serde_json::Value;

use crate::signature::{Checker, PublicKey};

/// What an issuer's key is for: a key that counts in one form says nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// SMART Health Cards.
    Shc,
    /// Verifiable Credentials and status lists.
    Vc,
    /// SD-JWT VC.
    SdJwt,
    /// Co-WIN and DIVOC.
    Divoc,
    /// ICAO VDS-NC: a country signing certificate's key, under which seals are.
    VdsNc,
}

impl Use {
    /// As a bundle writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shc => "shc",
            Self::Vc => "vc",
            Self::SdJwt => "sd-jwt",
            Self::Divoc => "divoc",
            Self::VdsNc => "vds-nc",
        }
    }

    /// Reads what a bundle writes.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Shc, Self::Vc, Self::SdJwt, Self::Divoc, Self::VdsNc];
        all.into_iter().find(|it| it.name() == name)
    }
}

/// A key of an issuer.
#[derive(Clone, Debug)]
pub struct IssuerKey {
    /// What it is for.
    pub used_for: Use,
    /// The issuer's name: for [`Use::VdsNc`] the three-letter code of the country, else an address
    /// or a DID.
    pub issuer: String,
    /// The key's name: a `kid`, or a verification method.
    pub id: Option<String>,
    /// The key.
    pub key: PublicKey,
    /// From when it counts, seconds since 1970.
    pub not_before: Option<i64>,
    /// Until when it counts, seconds since 1970.
    pub not_after: Option<i64>,
}

impl IssuerKey {
    /// Whether it counted at an instant, in seconds since 1970.
    pub(crate) fn valid_at(&self, instant: i64) -> bool {
        self.not_before.is_none_or(|from| from <= instant)
            && self.not_after.is_none_or(|until| instant <= until)
    }

    /// The keys of an issuer as it publishes them: a JSON Web Key Set. Keys of kinds that nothing
    /// is signed with here are left out.
    ///
    /// # Source
    ///
    /// RFC 7517, section 5.
    pub fn of_jwks(used_for: Use, issuer: &str, jwks: &Value) -> Vec<Self> {
        let keys = jwks["keys"].as_array().map_or(&[][..], Vec::as_slice);
        let key = |jwk: &Value| {
            Some(Self {
                used_for,
                issuer: issuer.to_owned(),
                id: jwk["kid"].as_str().map(str::to_owned),
                key: PublicKey::from_jwk(jwk).ok()?,
                not_before: None,
                not_after: None,
            })
        };
        keys.iter().filter_map(key).collect()
    }
}

/// An issuer's key that is trusted, with what is made of it once.
#[derive(Clone, Debug)]
pub(crate) struct Trusted {
    key: IssuerKey,
    checker: Checker,
    thumbprint: String,
}

impl Trusted {
    pub(super) fn new(key: IssuerKey) -> Self {
        let (checker, thumbprint) = (Checker::new(key.key.clone()), key.key.thumbprint());
        Self { key, checker, thumbprint }
    }

    pub(crate) const fn checker(&self) -> &Checker {
        &self.checker
    }

    /// [`PublicKey::thumbprint`] of the key.
    pub(crate) fn thumbprint(&self) -> &str {
        &self.thumbprint
    }
}

impl Deref for Trusted {
    type Target = IssuerKey;

    fn deref(&self) -> &IssuerKey {
        &self.key
    }
}

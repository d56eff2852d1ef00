//! The trust bundle: one signed file with all that a verifier needs besides the certificate.
//!
//! # Shape
//!
//! A compact JWS, `typ` `teeka-trust+jwt`, signed with the key that whoever verifies holds as their
//! anchor, or with one that followed it: `links` in its header, which may be missing, leads there; see
//! [`super::succession`]. Its payload is JSON:
//!
//! ```json
//! {
//!   "version": 1,
//!   "issued_at": 1764000000,
//!   "valid_until": 1764086400,
//!   "signers": ["MIIB… (base64 of an X.509 certificate in DER)"],
//!   "issuers": [
//!     {"use": "shc", "issuer": "https://example.org", "id": "kid", "jwk": {"kty": "EC"},
//!      "not_before": 1764000000, "not_after": 1795536000}
//!   ],
//!   "status_lists": [
//!     {"url": "https://example.org/status/1", "purpose": "revocation", "bits": "uH4sI…",
//!      "issued_at": 1764000000, "valid_until": 1764086400}
//!   ],
//!   "withdrawn": [
//!     {"kind": "uvci", "issuer": "IN", "ids": {"00ff…": null},
//!      "issued_at": 1764000000, "valid_until": 1764086400}
//!   ],
//!   "codes": {"vaccine-prophylaxis": ["1119349007"]}
//! }
//! ```
//!
//! Lists that are missing are empty. Instants are seconds since 1970; `id`, `not_before` and
//! `not_after` of an issuer may be missing.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{IssuerKey, Known, Trust, Use, succession};
use crate::{
    jws::{self, Jws},
    signature::PublicKey,
    signer::key::{NotSigned, SigningKey},
    status::{Bits, IdKind, Purpose, StatusList, WithdrawnIds},
};

/// A bundle beyond this size is not looked at.
///
/// # Units
///
/// Bytes: 64 MiB.
pub const MOST_BYTES: usize = 64 << 20;
const TYPE: &str = "teeka-trust+jwt";

/// Why a bundle is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// It is not a bundle.
    #[error("it is not a trust bundle")]
    NotABundle,
    /// Its signature does not fit the anchor.
    #[error("the trust bundle's signature does not fit the anchor")]
    Signature,
    /// It holds an entry that cannot be read.
    #[error("the trust bundle holds an entry that cannot be read")]
    Entry,
    /// It is of a version that is not known.
    #[error("the trust bundle is of a version that this program does not know")]
    Version,
}

/// What a bundle holds, to be signed.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Certificates of document signers, DER.
    pub signers: Vec<Vec<u8>>,
    /// Keys of issuers.
    pub issuers: Vec<IssuerKey>,
    /// Status lists.
    pub status_lists: Vec<StatusList>,
    /// Withdrawn certificates.
    pub withdrawn: Vec<WithdrawnIds>,
    /// Value sets.
    pub codes: HashMap<String, Vec<String>>,
    /// What former anchors said of those after them, in their order.
    pub links: Vec<String>,
}

/// A bundle that was read.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Whose signatures count, and what was withdrawn.
    pub trust: Trust,
    /// When it was signed, seconds since 1970.
    pub issued_at: i64,
    /// Until when it is fresh, seconds since 1970. One that is stale is still used: the lists in
    /// it say by themselves how old they are.
    pub valid_until: i64,
}

impl Content {
    /// The bundle as a file.
    ///
    /// # Errors
    ///
    /// [`NotSigned`] if the key cannot be reached.
    pub fn sign(
        &self,
        key: &dyn SigningKey,
        issued_at: i64,
        valid_until: i64,
    ) -> Result<String, NotSigned> {
        let signers = self.signers.iter().map(|der| STANDARD.encode(der)).collect::<Vec<_>>();
        let payload = json!({
            "version": 1,
            "issued_at": issued_at,
            "valid_until": valid_until,
            "signers": signers,
            "issuers": self.issuers.iter().map(issuer_json).collect::<Vec<_>>(),
            "status_lists": self.status_lists.iter().map(list_json).collect::<Vec<_>>(),
            "withdrawn": self.withdrawn.iter().map(withdrawn_json).collect::<Vec<_>>(),
            "codes": self.codes,
        });
        let mut header = json!({ "typ": TYPE });
        if !self.links.is_empty() {
            header["links"] = self.links.as_slice().into();
        }
        jws::sign(key, header, payload.to_string().as_bytes())
    }
}

impl Bundle {
    /// Reads a bundle that the anchor's key signed, or an anchor's that followed it.
    ///
    /// # Errors
    ///
    /// [`BadBundle`]. One entry that cannot be read makes the whole bundle unfit: its maker checks
    /// entries, and a verifier that knows only a part of it would be wrong without saying so.
    pub fn read(text: &str, anchor: &PublicKey) -> Result<Self, BadBundle> {
        let text = text.trim();
        if text.len() > MOST_BYTES {
            return Err(BadBundle::NotABundle);
        }
        let jws = Jws::read(text).map_err(|_| BadBundle::NotABundle)?;
        if jws.text("typ") != Some(TYPE) {
            return Err(BadBundle::NotABundle);
        }
        let mut line = succession::line(anchor, &jws.header["links"]).into_iter();
        if !line.any(|anchor| jws.verify(&anchor).is_ok()) {
            return Err(BadBundle::Signature);
        }
        let content: Value =
            serde_json::from_slice(&jws.payload).map_err(|_| BadBundle::NotABundle)?;
        if content["version"] != 1 {
            return Err(BadBundle::Version);
        }
        let instant = |name: &str| content[name].as_i64().ok_or(BadBundle::Entry);
        let (issued_at, valid_until) = (instant("issued_at")?, instant("valid_until")?);
        Ok(Self { trust: trust(&content).ok_or(BadBundle::Entry)?, issued_at, valid_until })
    }
}

fn trust(content: &Value) -> Option<Trust> {
    let entries = |name: &str| match &content[name] {
        Value::Null => Some(&[][..]),
        list => list.as_array().map(Vec::as_slice),
    };
    let mut trust = Trust::default();
    for signer in entries("signers")? {
        trust.add(Known::from_der(&STANDARD.decode(signer.as_str()?).ok()?).ok()?);
    }
    for issuer in entries("issuers")? {
        trust.add_issuer(issuer_of(issuer)?);
    }
    for list in entries("status_lists")? {
        trust.add_status_list(list_of(list)?);
    }
    for list in entries("withdrawn")? {
        trust.add_withdrawn(withdrawn_of(list)?);
    }
    for (name, codes) in content["codes"].as_object().unwrap_or(&Map::new()) {
        let codes = codes.as_array()?.iter().map(|code| code.as_str().map(str::to_owned));
        trust.add_codes(name.clone(), codes.collect::<Option<_>>()?);
    }
    Some(trust)
}

fn issuer_json(key: &IssuerKey) -> Value {
    json!({
        "use": key.used_for.name(),
        "issuer": key.issuer,
        "id": key.id,
        "jwk": key.key.to_jwk(),
        "not_before": key.not_before,
        "not_after": key.not_after,
    })
}

fn issuer_of(entry: &Value) -> Option<IssuerKey> {
    let optional = |name: &str| match &entry[name] {
        Value::Null => Some(None),
        value => value.as_i64().map(Some),
    };
    Some(IssuerKey {
        used_for: Use::from_name(entry["use"].as_str()?)?,
        issuer: entry["issuer"].as_str()?.to_owned(),
        id: entry["id"].as_str().map(str::to_owned),
        key: PublicKey::from_jwk(&entry["jwk"]).ok()?,
        not_before: optional("not_before")?,
        not_after: optional("not_after")?,
    })
}

fn list_json(list: &StatusList) -> Value {
    json!({
        "url": list.url,
        "purpose": list.purpose.name(),
        "bits": *list.bits.encode(),
        "issued_at": list.issued_at,
        "valid_until": list.valid_until,
    })
}

fn list_of(entry: &Value) -> Option<StatusList> {
    Some(StatusList {
        url: entry["url"].as_str()?.to_owned(),
        purpose: Purpose::from_name(entry["purpose"].as_str()?)?,
        bits: Bits::decode(entry["bits"].as_str()?).ok()?,
        issued_at: entry["issued_at"].as_i64()?,
        valid_until: entry["valid_until"].as_i64()?,
    })
}

fn withdrawn_json(list: &WithdrawnIds) -> Value {
    json!({
        "kind": list.kind.name(),
        "issuer": list.issuer,
        "ids": list.ids,
        "issued_at": list.issued_at,
        "valid_until": list.valid_until,
    })
}

fn withdrawn_of(entry: &Value) -> Option<WithdrawnIds> {
    let ids = entry["ids"].as_object()?.iter();
    let ids = ids.map(|(id, before)| match before {
        Value::Null => Some((id.clone(), None)),
        before => Some((id.clone(), Some(before.as_i64()?))),
    });
    Some(WithdrawnIds {
        kind: IdKind::from_name(entry["kind"].as_str()?)?,
        issuer: entry["issuer"].as_str()?.to_owned(),
        ids: ids.collect::<Option<_>>()?,
        issued_at: entry["issued_at"].as_i64()?,
        valid_until: entry["valid_until"].as_i64()?,
    })
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;

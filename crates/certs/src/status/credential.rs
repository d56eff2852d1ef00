//! Status lists as signed credentials: what an issuer publishes, and what whoever makes a trust
//! bundle reads.

use serde_json::{Value, json};

use super::{Bits, Purpose, StatusList};
use crate::{
    linked::contexts,
    signer::key::NotSigned,
    trust::Trust,
    vc::{
        self, VcIssuer,
        proof::{self, Suite, instant_text},
    },
    verdict::NotValid,
};

/// The longest status list credential: sixteen million entries that cannot be packed.
///
/// # Units
///
/// Bytes: 4 MiB.
pub const MOST_BYTES: usize = 4 << 20;

/// How long whoever fetches a list may use it before they look again.
///
/// # Source
///
/// W3C Bitstring Status List 1.0, section 2.2, `ttl`.
const TTL_MILLISECONDS: u64 = 60_000;

/// Signs a status list, as JSON, to be published at its address.
///
/// # Source
///
/// W3C Bitstring Status List 1.0, section 2.2.
///
/// # Errors
///
/// [`NotSigned`] if the key cannot be reached or is not one of Ed25519.
pub fn issue(issuer: &VcIssuer<'_>, list: &StatusList) -> Result<String, NotSigned> {
    let document = json!({
        "@context": [contexts::CREDENTIALS_2],
        "id": list.url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": instant_text(list.issued_at),
        "validUntil": instant_text(list.valid_until),
        "credentialSubject": {
            "id": format!("{}#list", list.url),
            "type": "BitstringStatusList",
            "statusPurpose": list.purpose.name(),
            "encodedList": *list.bits.encode(),
            "ttl": TTL_MILLISECONDS,
        },
    });
    let signer = (issuer.key, issuer.verification_method);
    Ok(proof::sign(document, Suite::Jcs, signer, list.issued_at)?.to_string())
}

/// Reads a status list that a trusted issuer signed, from the address where it was found: one that
/// names another address as its own is refused, so that no issuer speaks for another's certificates.
///
/// # Errors
///
/// [`NotValid`], as for any credential; one that is not fresh any more is [`NotValid::Expired`].
pub fn read(text: &str, url: &str, trust: &Trust, now: i64) -> Result<StatusList, NotValid> {
    if text.len() > MOST_BYTES {
        return Err(NotValid::TooLarge);
    }
    let document: Value = serde_json::from_str(text).map_err(|_| NotValid::Content)?;
    let credential = vc::open(&document, trust, now)?;
    let subject = &document["credentialSubject"];
    let is_list = vc::has_type(&document, "BitstringStatusListCredential")
        && vc::has_type(subject, "BitstringStatusList");
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(NotValid::Content);
    // A list with more bits for each entry is read otherwise.
    let is_there = document.get("id").is_none_or(|id| id == url);
    if !is_list || !is_there || !matches!(subject["statusSize"].as_u64(), None | Some(1)) {
        return Err(NotValid::Content);
    }
    Ok(StatusList {
        url: url.to_owned(),
        purpose: Purpose::from_name(&text(&subject["statusPurpose"])?).ok_or(NotValid::Content)?,
        bits: Bits::decode(&text(&subject["encodedList"])?).map_err(|_| NotValid::Content)?,
        issued_at: credential.from.ok_or(NotValid::Content)?,
        valid_until: credential.until.ok_or(NotValid::Content)?,
    })
}

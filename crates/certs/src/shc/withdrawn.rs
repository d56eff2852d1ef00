//! Lists of withdrawn health cards, as issuers publish them.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::{Value, json};

use super::check::{is_issuer, is_rid};
use crate::status::{IdKind, WithdrawnIds};

/// A list cannot be read. One entry that cannot makes the whole list unfit: who knows only a part
/// of it would be wrong without saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a list of withdrawn health cards")]
pub struct BadList;

/// The list of an issuer's key, to be published as `<issuer>/.well-known/crl/<key_id>.json`.
/// `counter` grows with each version, and stands as `crlVersion` beside the key.
///
/// # Shape
///
/// `{"kid": …, "method": "rid", "ctr": …, "rids": […]}`, each of them a [`rid`](super::rid).
///
/// # Source
///
/// SMART Health Cards Framework, "Revocation".
pub fn revocation_list<'a>(
    key_id: &str,
    counter: u64,
    rids: impl IntoIterator<Item = &'a str>,
) -> Value {
    let rids: Vec<_> = rids.into_iter().collect();
    json!({ "kid": key_id, "method": "rid", "ctr": counter, "rids": rids })
}

/// Reads a list of an issuer. It has no date of its own: `issued_at` and `valid_until` are when it
/// was fetched and how long that counts.
///
/// # Units
///
/// Seconds since 1970.
///
/// # Errors
///
/// [`BadList`] if it is none, is of another method, or has an entry that cannot be read.
pub fn read_revocation_list(
    issuer: &str,
    list: &Value,
    issued_at: i64,
    valid_until: i64,
) -> Result<WithdrawnIds, BadList> {
    let key_id = list["kid"].as_str().ok_or(BadList)?;
    if !is_issuer(issuer) || list["method"] != "rid" {
        return Err(BadList);
    }
    let mut ids = HashMap::new();
    for entry in list["rids"].as_array().ok_or(BadList)? {
        let (id, before) = read_entry(entry.as_str().ok_or(BadList)?)?;
        match ids.entry(id.to_owned()) {
            Entry::Vacant(place) => drop(place.insert(before)),
            // Of two entries about a card the one that withdraws more counts.
            Entry::Occupied(mut held) => {
                let more = held.get().zip(before).map(|(held, before)| held.max(before));
                held.insert(more);
            }
        }
    }
    let issuer = format!("{issuer}#{key_id}");
    Ok(WithdrawnIds { kind: IdKind::Rid, issuer, ids, issued_at, valid_until })
}

/// An id, and the instant before which cards that have it are withdrawn, if not all are.
fn read_entry(entry: &str) -> Result<(&str, Option<i64>), BadList> {
    let (id, before) = match entry.split_once('.') {
        Some((id, before)) => (id, Some(before.parse().map_err(|_| BadList)?)),
        None => (entry, None),
    };
    if is_rid(id) { Ok((id, before)) } else { Err(BadList) }
}

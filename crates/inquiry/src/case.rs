//! A case as it is left behind: what is in its folder, and what holds it together.

use serde::{Deserialize, Serialize};

use crate::{claim::Claim, inquire::Finding};

/// One file of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its name in the folder.
    pub name: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// What was done with the evidence, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// When, as an instant in text.
    pub at: String,
    /// What: taken in, read, compared, sealed.
    pub act: String,
    /// Which piece, by its digest; empty for all.
    pub sha256: String,
    /// The digest of the entry before, so that none can be taken out; empty for the first.
    pub previous: String,
}

/// What is signed: everything that a second party needs to come to the same finding.
///
/// # Shape
///
/// JSON, with its members in this order; `finding` is in the file `finding.json` by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The shape of this document.
    pub version: u32,
    /// The release of the program that inquired.
    pub program: String,
    /// When the evidence was first seen, in seconds since 1970.
    pub seen_at: i64,
    /// The share of the country that is registered, as was assumed.
    pub coverage: f64,
    /// What was shown, as it was shown.
    pub evidence: Vec<Piece>,
    /// The claim, if one was given.
    pub claim: Option<Claim>,
    /// The finding and what is said of it.
    pub papers: Vec<Piece>,
    /// What was done with the evidence.
    pub custody: Vec<Custody>,
}

/// The version of a case's shape.
pub const VERSION: u32 = 1;

/// The finding as bytes: the same finding is the same bytes.
///
/// # Panics
///
/// Never: a finding has only numbers and words.
pub fn finding_bytes(finding: &Finding) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(finding).expect("a finding is JSON");
    bytes.push(b'\n');
    bytes
}

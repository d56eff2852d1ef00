//! A case as it is left behind: what is in its folder, what holds it together, and what the public log
//! says of it.

use app::{release_log::Running, sign_in::sha256_hex};
use ledger::leaf::release::{Release, Released};
use serde::{Deserialize, Serialize};

use crate::{claim::Claim, inquire::Finding};

/// What the case is called in its folder, its signature, and its finding.
pub const CASE: &str = "case.json";
/// See [`CASE`].
pub const SIGNATURE: &str = "case.jws";
/// See [`CASE`].
pub const FINDING: &str = "finding.json";

/// What is said of a case on the public log: that it was received, and its verdict.
pub const RECEIVED: &str = "received";
/// See [`RECEIVED`].
pub const VERDICT: &str = "verdict";
/// That it was said, as the chain of custody has it.
pub const LOGGED: &str = "said on the public log";

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
    /// What: taken in, said on the public log, compared, sealed.
    pub act: String,
    /// Which piece, by its digest; empty for all.
    pub sha256: String,
    /// The digest of the entry before, so that none can be taken out; empty for the first.
    pub previous: String,
}

impl Custody {
    /// What is digested.
    ///
    /// # Panics
    ///
    /// Never: an entry has only words.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an entry is JSON")
    }

    /// What the next entry names it by: SHA-256 in hex.
    pub fn digest(&self) -> String {
        sha256_hex(self.bytes())
    }
}

/// What is said of a case on the public log.
pub fn said(name: &str, what: &str, bytes: &[u8]) -> Running {
    Running::new(Released::Case, &leaf_name(name), what, bytes)
}

fn leaf_name(name: &str) -> String {
    format!("case.{name}")
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
    /// What the public log calls it.
    pub name: String,
    /// The key of the log of releases that has it, as `teeka ledger verify` takes it; none if there is no
    /// such log.
    pub log: Option<String>,
    /// Who inquires, as certificates name the issuer.
    pub issuer: String,
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
pub const VERSION: u32 = 2;

impl Case {
    /// Whether each entry of the custody names the one before it.
    pub fn is_chained(&self) -> bool {
        let mut previous = String::new();
        self.custody.iter().all(|entry| {
            let follows = entry.previous == previous;
            previous = entry.digest();
            follows
        })
    }

    /// The leaves of the log of releases that say that it was received, and its verdict, of which `text`
    /// are the bytes; none where the log does not.
    pub fn leaves(&self, text: &[u8], releases: &[Release]) -> [Option<u64>; 2] {
        let name = leaf_name(&self.name);
        let leaf = |what: &str, sha256: &str| {
            let is = |one: &Release| {
                one.released == Released::Case
                    && one.name == name
                    && one.version == what
                    && hex::encode(one.digest) == sha256
            };
            (0..).zip(releases).find(|(_, one)| is(one)).map(|(leaf, _)| leaf)
        };
        let logged = self.custody.iter().find(|entry| entry.act == LOGGED);
        let received = logged.and_then(|entry| leaf(RECEIVED, &entry.previous));
        [received, leaf(VERDICT, &sha256_hex(text))]
    }
}

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

//! Single documents that expose somebody, for who decides what comes first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use store::StoreError;

use super::{mask::Mask, media_type};
use crate::{
    exposed::Source,
    sweep::folder::{self, Folder},
};

/// A document that exposes somebody.
///
/// # Privacy
///
/// Kinds of data with counts, and an address in which every part that is not a plain word of
/// publishing is replaced. A sweep keeps no value that it found, so that none can be shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Its place in the queue, from 1.
    pub place: u64,
    /// Its address, masked.
    pub address: String,
    /// Addresses at which it is.
    pub copies: u64,
    /// People exposed.
    pub people: u64,
    /// How many findings of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// Where its addresses were met.
    pub sources: Vec<Source>,
    /// Its media type.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// When it was found.
    pub found_at: Timestamp,
    /// What its place in the queue is by.
    pub score: f64,
}

impl Finding {
    /// At most so many documents of a sweep, behind so many others, the worst first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn list(folder: &Folder, after: u64, most: u64) -> Result<Vec<Self>, StoreError> {
        let mask = Mask::new(&folder.secret()?);
        let found = folder.job.exposed(after, most)?;
        let finding = |(place, exposure)| {
            let exposed = folder::of(exposure);
            Self {
                place,
                address: mask.address(&exposed.url),
                copies: 1 + exposed.also_at.len() as u64,
                people: exposed.people,
                kinds: exposed.kinds,
                sources: exposed.sources.into_iter().collect(),
                media_type: media_type(&exposed.media_type),
                bytes: exposed.bytes,
                found_at: exposed.found_at,
                score: exposed.score.round(),
            }
        };
        Ok((after + 1..).zip(&found).map(finding).collect())
    }
}

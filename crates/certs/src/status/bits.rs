//! The bits of a status list, packed.

use std::io::{Read, Write};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};

/// The fewest entries of a list, so that one certificate hides among many.
///
/// # Source
///
/// W3C Bitstring Status List 1.0, section 3.3: 16 KiB.
pub(super) const LEAST_ENTRIES: usize = 131_072;
/// The most bytes that a list may unpack to: sixteen million entries.
const MOST_BYTES: u64 = 2 << 20;

/// An encoded list cannot be read, or is larger than 2 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a bitstring in gzip and base64url")]
pub struct BadBits;

/// The bits of a status list.
///
/// # Shape
///
/// Entry 0 is the leftmost bit of the first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(Vec<u8>);

impl Bits {
    /// A list of at least `entries` entries, none of them set.
    pub fn empty(entries: usize) -> Self {
        Self(vec![0; entries.max(LEAST_ENTRIES).div_ceil(8)])
    }

    /// Sets an entry; gives whether there is such an entry.
    pub fn set(&mut self, index: usize) -> bool {
        let byte = self.0.get_mut(index / 8);
        byte.map(|byte| *byte |= 0x80 >> (index % 8)).is_some()
    }

    /// Whether an entry is set; none, if there is no such entry.
    pub fn at(&self, index: usize) -> Option<bool> {
        self.0.get(index / 8).map(|byte| byte & (0x80 >> (index % 8)) != 0)
    }

    /// As a status list credential has it: `u`, and base64url of the gzip.
    pub fn encode(&self) -> String {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        let packed = packer.write_all(&self.0).and_then(|()| packer.finish());
        format!("u{}", URL_SAFE_NO_PAD.encode(packed.expect("memory takes what is written")))
    }

    /// Reads what a status list credential has.
    ///
    /// # Errors
    ///
    /// [`BadBits`] if it cannot be unpacked or is too large.
    pub fn decode(text: &str) -> Result<Self, BadBits> {
        // Early drafts have no multibase prefix, and some issuers pad.
        let text = text.strip_prefix('u').unwrap_or(text).trim_end_matches('=');
        if text.len() as u64 > MOST_BYTES {
            return Err(BadBits);
        }
        let packed = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadBits)?;
        let mut bytes = Vec::new();
        let mut unpacked = GzDecoder::new(packed.as_slice()).take(MOST_BYTES + 1);
        unpacked.read_to_end(&mut bytes).map_err(|_| BadBits)?;
        if bytes.len() as u64 > MOST_BYTES { Err(BadBits) } else { Ok(Self(bytes)) }
    }
}

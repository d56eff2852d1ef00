//! The bits of a status list, packed.

use std::{
    io::{Read, Write},
    sync::{Arc, OnceLock},
};

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
#[derive(Clone, Debug)]
pub struct Bits {
    bytes: Vec<u8>,
    /// As it was encoded last: packing a full list takes half a second, and between two times that it
    /// is published it has seldom changed.
    encoded: OnceLock<Arc<str>>,
}

impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Bits {}

impl From<Vec<u8>> for Bits {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, encoded: OnceLock::new() }
    }
}

impl Bits {
    /// A list of at least `entries` entries, none of them set.
    pub fn empty(entries: usize) -> Self {
        vec![0; entries.max(LEAST_ENTRIES).div_ceil(8)].into()
    }

    /// Sets an entry; gives whether there is such an entry.
    pub fn set(&mut self, index: usize) -> bool {
        let Some(byte) = self.bytes.get_mut(index / 8) else { return false };
        let set = *byte | 0x80 >> (index % 8);
        if set != *byte {
            *byte = set;
            self.encoded.take();
        }
        true
    }

    /// Whether an entry is set; none, if there is no such entry.
    pub fn at(&self, index: usize) -> Option<bool> {
        self.bytes.get(index / 8).map(|byte| byte & (0x80 >> (index % 8)) != 0)
    }

    /// As a status list credential has it: `u`, and base64url of the gzip.
    pub fn encode(&self) -> Arc<str> {
        let encode = || {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            let packed = packer.write_all(&self.bytes).and_then(|()| packer.finish());
            let packed = packed.expect("memory takes what is written");
            format!("u{}", URL_SAFE_NO_PAD.encode(packed)).into()
        };
        Arc::clone(self.encoded.get_or_init(encode))
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
        if bytes.len() as u64 > MOST_BYTES { Err(BadBits) } else { Ok(bytes.into()) }
    }
}
